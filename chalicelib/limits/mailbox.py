"""Mailbox limits: when an address may get its next mail.

Pure rules over times; the records they read are written by compare-and-swap. They hold alike
for addresses with and without an account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from chalicelib.clock import DAY, HOUR, MINUTE
from chalicelib.errors import Wait
from chalicelib.limits.network_key import neighbourhood

MAILS = ((MINUTE, 1), (HOUR, 5), (DAY, 10))
"""Per address: one mail a minute, five an hour, ten a day."""

KEPT_A_DAY = 5
"""Mails a day beyond the hour's and the day's limit, each for a network that has not asked
for this address before: no stranger can silence an owner, and no crowd of networks can bury
one. With the five of an hour they fit into ten free minutes."""
KEPT_A_NEIGHBOURHOOD = 2
"""… of which networks that one customer may command get no more than this."""

WAITING = 10
"""Mails that one neighbourhood may have waiting for an address; it is asked to come back for
more."""
AHEAD = DAY
"""How far ahead a network that has asked for the address before may take a place …"""
FARTHEST = 6 * DAY
"""… and any other: beyond it the registration would be forgotten before its mail's turn."""
WAITING_IN_ALL = 200
"""Mails of an address that may be waiting, whoever asked: a record stays small."""


@dataclass(frozen=True)
class Place:
    """A mail that may leave at ``at``. ``mail`` names it: ``reference.n``."""

    at: datetime
    network: str
    mail: str
    kept: bool = False
    """Taken beyond the limits, by a network that had not asked before."""


class Mailbox(Struct, frozen=True, rename={"places": "grants"}):
    """The limits' memory of one address: the places of the last day and those to come.

    The table's name for ``places`` is ``grants``.
    """

    places: tuple[Place, ...] = ()

    @property
    def expires(self) -> datetime | None:
        """When the memory counts for nothing any more; ``None`` where there is none."""
        last = max((place.at for place in self.places), default=None)
        return last + DAY if last else None


@dataclass(frozen=True)
class SeenMailbox:
    """The limits' memory of the address with this limit key. ``version`` ``None``: none yet."""

    key: str
    mailbox: Mailbox
    version: int | None

    def becoming(self, mailbox: Mailbox) -> SeenMailbox:
        """The same with what it is to become, for ``Registrations.save``."""
        return replace(self, mailbox=mailbox)


class Mailboxes(Protocol):
    """The limits' memory, by limit key. Implemented by ``aws.tables.MailboxTable``."""

    def get(self, key: str) -> SeenMailbox:
        """The memory of this address; an empty one when there is none."""


def take_place(
    mailbox: Mailbox, mail: str, network: str, now: datetime, earliest: datetime | None = None
) -> tuple[Mailbox, datetime]:
    """Find the first moment, not before ``earliest``, at which ``mail`` may leave; keep it.

    The same ``mail`` asked again has the same moment: a repeated request takes nothing.
    Raises ``Wait`` when this neighbourhood has ``WAITING`` mails waiting for the address
    already, when its turn would be too far ahead, and when ``WAITING_IN_ALL`` are waiting and
    none can be kept for this network.
    """
    places = tuple(p for p in mailbox.places if p.at > now - DAY)
    for taken in places:
        if taken.mail == mail:
            return Mailbox(places), taken.at
    near = neighbourhood(network)
    waiting = [p.at for p in places if p.at > now and neighbourhood(p.network) == near]
    if len(waiting) >= WAITING:
        raise Wait(waiting[0])
    first = earliest or now
    at = _first_free(first, [p.at for p in places if not p.kept], [p.at for p in places], MAILS)
    kept = False
    known = any(neighbourhood(p.network) == near for p in places)
    if at > first and network not in {p.network for p in places}:
        soonest = _first_free(first, [], [p.at for p in places], MAILS[:1])
        if soonest < at and _may_keep(network, [p.network for p in places if p.kept]):
            at, kept = soonest, True
    # Strangers may not fill the days to come: who has asked takes no place far ahead.
    farthest = now + (AHEAD if known else FARTHEST)
    if at > farthest:
        raise Wait(now + (at - farthest))
    if len(places) >= WAITING_IN_ALL and not kept:
        raise Wait(places[0].at + DAY)
    together = (*places, Place(at, network, mail, kept))
    return Mailbox(tuple(sorted(together, key=lambda p: p.at))), at


def _may_keep(network: str, before: Sequence[str]) -> bool:
    near = [other for other in before if neighbourhood(other) == neighbourhood(network)]
    return len(before) < KEPT_A_DAY and len(near) < KEPT_A_NEIGHBOURHOOD


def give_back(mailbox: Mailbox, reference: str, now: datetime) -> Mailbox:
    """Forget the mails of ``reference`` that have not left: it was corrected or cancelled."""
    left = tuple(p for p in mailbox.places if p.at <= now or p.mail.rpartition(".")[0] != reference)
    return mailbox if len(left) == len(mailbox.places) else Mailbox(left)


def _first_free(
    now: datetime,
    counted: Sequence[datetime],
    all_of_them: Sequence[datetime],
    limits: Sequence[tuple[timedelta, int]],
) -> datetime:
    """The first time from ``now`` on at which one more breaks no limit, before or after it.

    The minute's rule holds against every mail, the longer ones against ``counted`` alone.
    """
    candidates = [now, *(t + span for t in all_of_them for span, _ in limits if t + span > now)]
    for at in sorted(candidates):
        if all(
            _fits(at, all_of_them if span == MINUTE else counted, span, most)
            for span, most in limits
        ):
            return at
    return max(candidates)


def _fits(at: datetime, times: Sequence[datetime], span: timedelta, most: int) -> bool:
    """Whether every window of ``span`` that holds ``at`` has room for it."""
    near = sorted([at, *(t for t in times if at - span < t < at + span)])
    return all(
        sum(start <= t < start + span for t in near) <= most
        for start in near
        if start <= at < start + span
    )
