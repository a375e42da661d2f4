"""Delivery: what an applicant is told about the mails of an attempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from chalicelib.clock import ZonedTime
from chalicelib.trail.delivery_states import (
    DeliveryState,
    StateChange,
    StateChanges,
    in_order,
    shown,
)
from chalicelib.trail.mail_record import MailRecord

ToldState = Literal["waiting", "sent", "delayed", "delivered", "rejected", "bounced"]
"""How far a mail came, as whoever asked for it may know.

Who asked has not proven the address, and may be a stranger to it. That its owner once complained
of a mail, that SES mails it no more for that, or that the mailbox is full is only theirs to know.
"""


ToldReason = Literal[
    "no-such-mailbox",
    "no-such-domain",
    "policy",
    "server-down",
    "deferred",
    "too-large",
    "spam",
    "other",
]
"""Why a mail did not arrive, as whoever asked for it may know."""


Advice = Literal[
    "wait",
    "check-spam",
    "check-address",
    "try-another-address",
    "free-space",
    "ask-help-desk",
    "allow-domain:docomo",
    "allow-domain:au",
    "allow-domain:softbank",
    "allow-domain:icloud",
    "allow-domain:google",
]
"""What to do now. Behind ``allow-domain`` stands the provider whose steps the pages have."""


@dataclass(frozen=True)
class Step:
    """A state that a mail reached, and when (UTC)."""

    state: ToldState
    at: ZonedTime


@dataclass(frozen=True)
class Delivery:
    """Where the newest mail is. ``reason`` is a category, never the receiving server's words."""

    state: ToldState
    history: tuple[Step, ...]
    reason: ToldReason | None
    advice: tuple[Advice, ...]


_CARRIERS = frozenset({"docomo", "au", "softbank"})
"""Providers whose users can name senders to let in."""

_SEARCHED = _CARRIERS | {"icloud", "google"}
"""Providers whose pages have steps to find a mail that came, or should have."""

NO_SUCH_ADDRESS: tuple[Advice, ...] = ("check-address", "try-another-address")

_ADVICE = {
    "no-such-domain": NO_SUCH_ADDRESS,
    "no-such-mailbox": ("check-address", "allow-domain", "try-another-address"),
    "policy": ("allow-domain", "try-another-address", "ask-help-desk"),
    "spam": ("allow-domain", "try-another-address", "ask-help-desk"),
    "server-down": ("try-another-address", "ask-help-desk"),
    "deferred": ("try-another-address", "ask-help-desk"),
    "too-large": ("ask-help-desk",),
    "other": (
        "check-address",
        "free-space",
        "allow-domain",
        "try-another-address",
        "ask-help-desk",
    ),
}
"""By reason, once nobody tries any more. Carriers answer "unknown user" for a filtered sender too,
hence ``allow-domain`` beside ``check-address``. ``other`` is also what is told of a reason that is
only the owner's to know, so it advises for each."""


_THEIRS = frozenset({"mailbox-full", "suppressed"})
"""Reasons that are only the address's owner's to know."""

_PASSING = frozenset({"server-down", "deferred", None})
"""Reasons of a delay that nothing but patience helps against."""

_REACHED = frozenset({"delivered", "complained"})
"""States of a mail that a mailbox took."""

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
    told = [_told(record.states) for record in mails]
    state = cast(ToldState, shown(told[-1]))
    change = told[-1][state]
    return Delivery(
        state=state,
        history=tuple(
            Step(cast(ToldState, s), at) for states in told for s, at in in_order(states)
        ),
        reason=cast("ToldReason | None", change.reason),
        advice=_advice(
            state, change.reason, mails[-1].provider, late=now >= change.at + LATE_AFTER
        ),
    )


def _told(states: Mapping[DeliveryState, StateChange]) -> StateChanges:
    """The states of a mail without what only the address's owner may know."""
    told: StateChanges = {}
    for state, change in states.items():
        match state:
            case "complained":
                told.setdefault("delivered", StateChange(change.at))
            case "answered":
                if not states.keys() & _REACHED:
                    told.setdefault("bounced", StateChange(change.at, "other"))
            case "suppressed":
                told.setdefault("bounced", StateChange(change.at, "other"))
            case _ if change.reason in _THEIRS:
                why = "deferred" if state == "delayed" else "other"
                told[state] = StateChange(change.at, why)
            case _:
                told[state] = change
    return told


def _advice(
    state: ToldState, reason: str | None, provider: str, *, late: bool
) -> tuple[Advice, ...]:
    another = _ANOTHER if late else ()
    match state:
        case "waiting":
            codes: tuple[str, ...] = ("wait",)
        case "sent":
            searching = ("check-spam", "allow-domain", *another, "ask-help-desk")
            codes = searching if late else ("wait",)
        case "delayed":
            by_reason = () if reason in _PASSING else _ADVICE[reason or "other"]
            others = (code for code in by_reason if code not in _ANOTHER)
            codes = ("wait", *others, *another)
        case "delivered":
            codes = ("check-spam", "allow-domain", *another)
        case "rejected":
            codes = ("try-another-address", "ask-help-desk")
        case _:
            codes = _ADVICE[reason or "other"]
    helped = _SEARCHED if state in ("sent", "delivered") else _CARRIERS
    told = (
        f"allow-domain:{provider}" if code == "allow-domain" else code
        for code in codes
        if code != "allow-domain" or provider in helped
    )
    return cast("tuple[Advice, ...]", tuple(told))
