"""Delivery: what an applicant is told about the mails of an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.trail.delivery_states import DeliveryState, in_order
from chalicelib.trail.mail_record import MailRecord


@dataclass(frozen=True)
class Step:
    """A state that a mail reached, and when (UTC)."""

    state: DeliveryState
    at: datetime


@dataclass(frozen=True)
class Delivery:
    """Where the newest mail is. ``reason`` is a category, never the receiving server's words."""

    state: DeliveryState
    history: tuple[Step, ...]
    reason: str | None
    advice: tuple[str, ...]


_CARRIERS = frozenset({"docomo", "au", "softbank"})
"""Providers whose users can name senders to let in."""

_SEARCHED = _CARRIERS | {"icloud", "google"}
"""Providers whose pages have steps to find a mail that came, or should have."""

_ADVICE = {
    "no-such-mailbox": ("check-address", "allow-domain", "try-another-address"),
    "mailbox-full": ("free-space", "try-another-address"),
    "policy": ("allow-domain", "try-another-address", "ask-help-desk"),
    "spam": ("allow-domain", "try-another-address", "ask-help-desk"),
    "server-down": ("wait", "try-another-address"),
    "deferred": ("wait", "try-another-address"),
    "too-large": ("ask-help-desk",),
    "suppressed": ("check-address", "allow-domain", "try-another-address", "ask-help-desk"),
    "other": ("check-address", "try-another-address", "ask-help-desk"),
}
"""By reason. Carriers answer "unknown user" for a filtered sender too, hence ``allow-domain``
beside ``check-address``."""


_ANOTHER = ("try-another-address",)

LATE_AFTER = timedelta(minutes=5)
"""A mail in no inbox this long after it left may never come: before, nobody is sent to look
for another address."""


def delivery(records: Sequence[MailRecord], now: datetime) -> Delivery:
    """The newest mail's state and what to do about it now, and the way of all mails so far.

    Without a mail yet: ``waiting``, with no history.
    """
    mails = sorted(records, key=lambda record: (record.started_at, record.mail))
    if not mails:
        return Delivery("waiting", (), None, ("wait",))
    newest = mails[-1]
    state = newest.state
    reason = newest.states[state].reason
    return Delivery(
        state=state,
        history=tuple(Step(s, at) for record in mails for s, at in in_order(record.states)),
        reason=reason,
        advice=_advice(
            state, reason, newest.provider, late=now >= newest.states[state].at + LATE_AFTER
        ),
    )


def _advice(
    state: DeliveryState, reason: str | None, provider: str, *, late: bool
) -> tuple[str, ...]:
    another = _ANOTHER if late else ()
    match state:
        case "waiting":
            codes: tuple[str, ...] = ("wait",)
        case "sent":
            searching = ("check-spam", "allow-domain", *another, "ask-help-desk")
            codes = searching if late else ("wait",)
        case "delayed":
            by_reason = _ADVICE[reason or "server-down"]
            others = (code for code in by_reason if code not in ("wait", *_ANOTHER))
            codes = ("wait", *others, *another)
        case "delivered":
            codes = ("check-spam", "allow-domain", *another)
        case "complained":
            codes = ("check-spam", "try-another-address", "ask-help-desk")
        case "rejected":
            codes = ("try-another-address", "ask-help-desk")
        case _:
            codes = _ADVICE[reason or "other"]
    helped = _SEARCHED if state in ("sent", "delivered") else _CARRIERS
    return tuple(
        f"allow-domain:{provider}" if code == "allow-domain" else code
        for code in codes
        if code != "allow-domain" or provider in helped
    )
