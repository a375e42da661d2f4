"""Bounce reasons: why a mail did not arrive, as categories that a person can act upon.

SES's bounce subtypes come first where they are specific; then the enhanced status code (RFC
3463, registry of RFC 5248); then what large receivers are known to write.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Reason = Literal[
    "no-such-mailbox",
    "no-such-domain",
    "mailbox-full",
    "policy",
    "server-down",
    "deferred",
    "too-large",
    "spam",
    "suppressed",
    "other",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

_SUBTYPES: dict[str, Reason] = {
    "Suppressed": "suppressed",
    "OnAccountSuppressionList": "suppressed",
    "NoEmail": "no-such-mailbox",
    "MailboxFull": "mailbox-full",
    "MessageTooLarge": "too-large",
    "ContentRejected": "spam",
    "AttachmentRejected": "policy",
    "CustomTimeoutExceeded": "server-down",
    # Delay types of DeliveryDelay events.
    "SpamDetected": "spam",
    "RecipientServerError": "server-down",
    "TransientCommunicationFailure": "server-down",
    "IPFailure": "deferred",
}
_SUPPRESSED = ("Suppressed", "OnAccountSuppressionList")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_NO_MAILBOX = re.compile(
    r"(unknown|no such|invalid) (user|recipient|mailbox|address)|user unknown"
    r"|(user|mailbox|account|address)[^.;]{0,40}(does not|doesn't) exist"
    r"|recipient address rejected: access denied",
    re.IGNORECASE,
)
_NO_DOMAIN = re.compile("host or domain name not found(?!.*try again)", re.IGNORECASE | re.DOTALL)
_FULL = re.compile(r"(mailbox|inbox|storage)[^.;]{0,30}full|over quota|out of storage", re.I)
_SPAM = re.compile(r"\bspam|unsolicited", re.IGNORECASE)
_BLOCKED = re.compile(r"block ?list|\bblocked\b|reputation|\bpolicy\b|\bdmarc\b", re.IGNORECASE)


def bounce_reason(subtype: str, status: str | None, diagnostic: str | None) -> Reason:
    """The category of a bounce. ``subtype`` is SES's ``bounceSubType``.

    A policy refusal (x.7.x) is told from the status before SES's own guess is believed: that
    the sender is refused says nothing about the mailbox.
    """
    if subtype in _SUPPRESSED:
        return "suppressed"
    words = diagnostic or ""
    code = _specific(status) or _specific(words)
    if code and code[1] == 7:
        return "policy"
    return _SUBTYPES.get(subtype) or _of_words(words, code) or _of_status(code) or "other"


def delay_reason(kind: str, status: str | None, diagnostic: str | None) -> Reason:
    """The category of a delay. ``kind`` is SES's ``delayType``.

    "Not now" for reasons of policy (4.7.x) is how receivers slow down senders that they do not
    know yet: no setting of the applicant's says so.
    """
    reason = bounce_reason(kind, status, diagnostic)
    return "deferred" if reason == "policy" else reason


_Code = tuple[int, int, int]
"""Class, subject and detail of a status code."""


def _specific(text: str | None) -> _Code | None:
    """The first status code that says more than x.0.0."""
    for kind, subject, detail in _STATUS.findall(text or ""):
        if int(subject):
            return int(kind), int(subject), int(detail)
    return None


def _of_words(words: str, code: _Code | None) -> Reason | None:
    # A name server that does not answer is told in the same words, as class 4.
    if _NO_DOMAIN.search(words) and not (code and code[0] == 4):
        return "no-such-domain"
    if _NO_MAILBOX.search(words):
        return "no-such-mailbox"
    if _FULL.search(words):
        return "mailbox-full"
    if _SPAM.search(words):
        return "spam"
    return "policy" if _BLOCKED.search(words) else None


def _of_status(code: _Code | None) -> Reason | None:
    match code:
        case (_, 1, 7 | 8 | 9):  # the sender's own address is refused
            return "policy"
        case (5, 1, 2) | (5, 4, 4):  # bad destination system; unable to route
            return "no-such-domain"
        case (_, 1, _) | (_, 2, 0 | 1):
            return "no-such-mailbox"
        case (_, 2, 2):
            return "mailbox-full"
        case (_, 2 | 3, 3 | 4):
            return "too-large"
        case (_, 3 | 4, _):
            return "server-down"
        case _:
            return None
