"""Bounce reasons: why a mail did not arrive, from a status code, a server's words and SES's guess.

Numbers that mean one thing decide. The others, which servers use for everything, are read after
the words that stand beside them.
"""

from __future__ import annotations

import re

from chalicelib.trail.bounce_words import reason_of_words
from chalicelib.trail.reason import Reason
from chalicelib.trail.status_codes import StatusCode, Trust, believed, meaning

_NEVER_SENT = re.compile("suppress|unsubscribed", re.IGNORECASE)
"""Subtypes of bounces that SES makes itself, for its lists of the account, of a tenant, of all its
customers, of subscribers, or because its own look at the address said so. It adds new ones."""

_SUBTYPES: dict[str, Reason] = {
    "MailboxFull": "mailbox-full",
    "MessageTooLarge": "too-large",
    "ContentRejected": "spam",
    "AttachmentRejected": "policy",
    "SpamDetected": "spam",
}
"""Subtypes and delay types that name a cause …"""

_GUESSES: dict[str, Reason] = {
    "NoEmail": "no-such-mailbox",
    "CustomTimeoutExceeded": "server-down",
    "RecipientServerError": "server-down",
    "TransientCommunicationFailure": "server-down",
    "IPFailure": "deferred",
}
"""… and those that are only SES's own reading of what the server said."""

_ADDRESS = frozenset({"no-such-mailbox", "no-such-domain"})


def never_sent(subtype: str | None) -> bool:
    """Whether SES accepted the mail and did not send it."""
    return bool(_NEVER_SENT.search(subtype or ""))


def bounce_reason(subtype: str, status: str | None, diagnostic: str | None) -> Reason:
    """The category of a bounce, after which nobody tries any more. ``subtype`` is SES's
    ``bounceSubType``.

    A number of class 4 says "not now" and never that there is no such address. Only a server that
    names an unknown user in so many words is believed, because here it was asked for hours.
    """
    if never_sent(subtype):
        return "suppressed"
    code = believed(status, diagnostic)
    reason, trust = meaning(code)
    if reason and trust is Trust.SETTLED:
        return reason
    if subtype in _SUBTYPES:
        return _SUBTYPES[subtype]
    not_now = code is not None and code.kind == 4
    told = reason_of_words(diagnostic, not_now=not_now, of_mailbox=_may_be_of_mailbox(code))
    guess = None if trust is Trust.PRESUMED else _guess(subtype, code)
    return told or guess or reason or "other"


def delay_reason(kind: str, status: str | None, diagnostic: str | None) -> Reason:
    """The category of a delay, while SES still tries. ``kind`` is SES's ``delayType``.

    "Not now" for reasons of policy is how receivers slow down senders that they do not know yet:
    no setting of the applicant's says so. And while a server has not refused for good, no
    address is told to be wrong.
    """
    reason = bounce_reason(kind, status, diagnostic)
    return "deferred" if reason == "policy" or reason in _ADDRESS else reason


def _may_be_of_mailbox(code: StatusCode | None) -> bool:
    """Whether a number leaves open that there is no such mailbox."""
    if code is None:
        return True
    return code.subject in (0, 1, 2) if code.kind == 4 else code.subject not in (6, 7)


def _guess(subtype: str, code: StatusCode | None) -> Reason | None:
    """SES's own reading, where the number does not tell of something else than it."""
    guess = _GUESSES.get(subtype)
    if guess == "no-such-mailbox" and code and (code.kind == 4 or code.subject not in (0, 1, 5)):
        return None
    return guess
