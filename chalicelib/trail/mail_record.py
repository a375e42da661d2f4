"""Mail record: what the trail keeps of one mail, and how SES's tags name it.

What is known of a mail is a set of delivery states, each with its earliest time: a lattice. Joining
two such sets is union, so events may come twice, late, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

from msgspec import Struct

KEPT = timedelta(days=30)
"""How long a record is kept. It holds no address, but says what a person's mail met."""

UNKNOWN = "unknown"
"""The provider of a mail whose provider could not be told."""

_MAIL_TAG = re.compile(r"[0-9a-f]{32}(-[0-9]{1,4})?")

DeliveryState = Literal[
    "waiting", "sent", "delayed", "delivered", "rejected", "suppressed", "bounced", "complained"
]
"""How far a mail came, in the order in which a later one hides an earlier one.

``bounced`` hides ``delivered``: a server may accept a mail and send it back afterwards.
"""

STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
_RANK = {state: rank for rank, state in enumerate(STATES)}


@dataclass(frozen=True)
class StateChange:
    """When a state was reached (UTC), and why."""

    at: datetime
    reason: str | None = None
    """A category of ``bounce_reasons``; applicants may see it."""
    words: str | None = None
    """What the receiving server said, addresses masked; for operators only."""


StateChanges = dict[DeliveryState, StateChange]


class MailRecord(Struct, frozen=True, rename={"states": "marks"}):
    """One mail. ``mail`` is the hash of the code's ciphertext, ``.n`` added the n-th time it
    is sent again.

    The table's name for ``states`` is ``marks``.
    """

    reference: str
    mail: str
    purpose: str
    provider: str
    route: str
    network: str
    """HMAC of the client network that asked; empty while only SES has told of the mail."""
    started_at: datetime
    states: StateChanges
    message_id: str | None = None

    @property
    def expires(self) -> datetime:
        """When the record may be deleted."""
        return self.started_at + KEPT

    @property
    def state(self) -> DeliveryState:
        """The state shown for this mail."""
        return shown(self.states)

    @property
    def handed_over(self) -> bool:
        """Whether SES has taken or refused the mail, so that it must not be sent again."""
        return bool(self.states.keys() - {"waiting"})


class MailRecords(Protocol):
    """Where records are kept. Every method raises ``TryLater`` when the store cannot answer.

    Implemented by ``aws.tables.MailRecordTable``.
    """

    def change(
        self, reference: str, mail: str, decide: Callable[[MailRecord | None], MailRecord | None]
    ) -> MailRecord | None:
        """Read, decide, write if nobody else wrote meanwhile; else read and decide again.

        ``decide`` returns its argument itself, or ``None``, to leave everything as it is.
        """

    def of(self, reference: str) -> list[MailRecord]:
        """Every mail of an attempt, in no particular order."""

    def remove(self, reference: str, mail: str) -> None:
        """Forget a mail that will never be sent."""


def join(
    one: Mapping[DeliveryState, StateChange], other: Mapping[DeliveryState, StateChange]
) -> StateChanges:
    """Everything known in either; of two times of one state the earlier stays.

    Commutative, associative and idempotent. Ties are broken by reason and words, so that the
    order of arrival never shows.
    """
    joined = dict(one)
    for state, change in other.items():
        known = joined.get(state)
        joined[state] = change if known is None else min(known, change, key=_age)
    return joined


def shown(states: Mapping[DeliveryState, StateChange]) -> DeliveryState:
    """The state that a mail with these states is in."""
    return max(states, key=_RANK.__getitem__, default="waiting")


def in_order(states: Mapping[DeliveryState, StateChange]) -> list[tuple[DeliveryState, datetime]]:
    """The states as a mail goes through them, with times that never run backwards.

    Our clock and those of SES differ by milliseconds, so ``sent`` may be stamped just before
    ``waiting``; each step is shown no earlier than the one before it.
    """
    steps: list[tuple[DeliveryState, datetime]] = []
    for state in sorted(states, key=_RANK.__getitem__):
        at = states[state].at
        steps.append((state, max(at, steps[-1][1]) if steps else at))
    return steps


def _age(change: StateChange) -> tuple[datetime, str, str]:
    return change.at, change.reason or "", change.words or ""


def mail_tag(mail: str) -> str:
    """A mail's id as an SES tag, which may hold no dot."""
    return mail.replace(".", "-")


def mail_of(tag: str) -> str:
    """The mail's id from its tag. Raises ``ValueError`` when the tag is not one of ours."""
    if not _MAIL_TAG.fullmatch(tag):
        raise ValueError("not the id of a mail")
    return tag.replace("-", ".")
