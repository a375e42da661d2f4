"""Delivery states of a mail, as a lattice: events may come twice, late, in any order.

What is known of a mail is a set of states, each with its earliest time. Joining two such sets
is union; it does not matter how often or in which order things are learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

DeliveryState = Literal[
    "waiting",
    "sent",
    "delayed",
    "answered",
    "delivered",
    "rejected",
    "suppressed",
    "bounced",
    "complained",
]
"""How far a mail came, in the order in which a later one hides an earlier one.

``bounced`` hides ``delivered``: a server may accept a mail and send it back afterwards.
``answered`` does not: something came back of which SES cannot say what it is. Where the mail was
delivered it is taken for an absence notice, and for a bounce only where it was not.
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
