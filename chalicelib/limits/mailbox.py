"""Mailbox limits: when an address may get its next mail.

Pure rules over times; the records they read are written by compare-and-swap. They hold alike
for addresses with and without an account.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.clock import DAY, HOUR, MINUTE
from chalicelib.errors import Wait
from chalicelib.jobs import LONGEST_REST
from chalicelib.limits.network_key import neighbourhood

MAILS = ((HOUR, 5), (DAY, 10))
"""Per address: five mails an hour, ten a day, and one a minute."""

AHEAD = (7 * DAY, 15)
"""Of these one neighbourhood may take no more, so that alone it cannot fill the days to come. It
binds nobody who has seen the mails before leave."""

KEPT_A_DAY = 5
"""Mails a day beyond the hour's and the day's limit, each for a network that has not asked
for this address before: at the next free minute. With the five of an hour they fit into ten."""
KEPT_A_NEIGHBOURHOOD = 2
"""… of which networks that one customer may command get no more than this."""
SLOW_LANE = timedelta(minutes=30)
"""How far apart the mails are of those who are behind others when these are taken too, one a day
for a neighbourhood, and one to come. So no crowd of networks silences an owner, and none buries
one."""

Rule = tuple[Sequence[datetime], timedelta, int]
"""Times in order, of which no such span may hold more than so many."""


class Place(Struct, frozen=True, omit_defaults=True):
    """A mail that may leave at ``at``. ``mail`` names it: ``reference.n``."""

    at: datetime
    network: str
    mail: str
    kept: bool = False
    """Taken beyond the limits, by a network that had not asked before …"""
    slow: bool = False
    """… in the slow lane."""
    own: bool = False
    """A registration's first mail after the one it was begun with: it goes at once."""


class Mailbox(Struct, frozen=True, omit_defaults=True, rename={"places": "grants"}):
    """The limits' memory of one address: the places of the last day and those to come.

    The table's name for ``places`` is ``grants``.
    """

    places: tuple[Place, ...] = ()

    @property
    def expires(self) -> datetime | None:
        """When the memory counts for nothing any more; ``None`` where there is none."""
        last = max((place.at for place in self.places), default=None)
        return last + DAY if last else None


class SeenMailbox(Struct, frozen=True):
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
    mailbox: Mailbox,
    mail: str,
    network: str,
    now: datetime,
    earliest: datetime | None = None,
    *,
    own: bool = False,
) -> tuple[Mailbox, datetime]:
    """Find the first moment, not before ``earliest``, at which ``mail`` may leave; keep it.

    The same ``mail`` asked again has the same moment: a repeated request takes nothing. ``own``:
    the first resend of a registration, before which the places of others never stand. Raises
    ``Wait`` where the moment would be too far ahead: when a thousand networks, or one neighbourhood
    forty times, asked for this address, and nobody entered a code.
    """
    places = tuple(p for p in mailbox.places if p.at > now - DAY)
    for taken in places:
        if taken.mail == mail:
            return replace(mailbox, places=places), taken.at
    first = max(earliest or now, now)
    if own:
        return _with(places, Place(first, network, mail, own=True)), first
    place = _place(places, mail, network, first)
    if place.at > now + LONGEST_REST:
        raise Wait(place.at - LONGEST_REST)
    return _with(places, place), place.at


def _place(places: Sequence[Place], mail: str, network: str, first: datetime) -> Place:
    """By the limits; or sooner, kept or in the slow lane, for who is behind others."""
    if not places:
        return Place(first, network, mail)
    near = neighbourhood(network)
    mine = [p for p in places if neighbourhood(p.network) == near]
    everything, own = [p.at for p in places], [p.at for p in mine]
    counted = [p.at for p in places if not p.kept]
    at = _first_free(first, everything, *_limits(counted), (own, *AHEAD))
    if network not in {p.network for p in places} and _may_keep(near, places):
        soonest = _first_free(first, everything)
        if soonest < at:
            return Place(soonest, network, mail, kept=True)
    slow, own_slow = [p.at for p in places if p.slow], [p.at for p in mine if p.slow]
    if not any(at > first for at in own_slow):
        alone = _first_free(first, everything, *_limits(own))
        turn = _first_free(alone, everything, (slow, SLOW_LANE, 1), (own_slow, DAY, 1))
        if turn < at:
            return Place(turn, network, mail, kept=True, slow=True)
    return Place(at, network, mail)


def _limits(times: Sequence[datetime]) -> list[Rule]:
    return [(times, span, most) for span, most in MAILS]


def _with(places: tuple[Place, ...], place: Place) -> Mailbox:
    return Mailbox(tuple(sorted((*places, place), key=lambda p: p.at)))


def _may_keep(near: str, places: Sequence[Place]) -> bool:
    before = [neighbourhood(p.network) for p in places if p.kept and not p.slow]
    return len(before) < KEPT_A_DAY and before.count(near) < KEPT_A_NEIGHBOURHOOD


def give_back(mailbox: Mailbox, reference: str, now: datetime) -> Mailbox:
    """Forget the mails of ``reference`` that have not left: it was corrected or cancelled."""
    left = tuple(p for p in mailbox.places if p.at <= now or p.mail.rpartition(".")[0] != reference)
    return mailbox if len(left) == len(mailbox.places) else replace(mailbox, places=left)


def _first_free(start: datetime, everything: Sequence[datetime], *rules: Rule) -> datetime:
    """The first time from ``start`` on at which one more breaks no rule, before or after it, nor
    the minute's, which holds against ``everything``. All are in order, and may be long.
    """
    at = start
    while True:
        near = bisect_right(everything, at - MINUTE)
        if near < len(everything) and everything[near] < at + MINUTE:
            at = everything[near] + MINUTE
            continue
        full = [(times, span) for times, span, most in rules if not _fits(at, times, span, most)]
        if not full:
            return at
        # Nothing changes before one of those that fill it has left its window.
        at = min(times[bisect_right(times, at - span)] + span for times, span in full)


def _fits(at: datetime, times: Sequence[datetime], span: timedelta, most: int) -> bool:
    """Whether every window of ``span`` that holds ``at`` has room for it."""
    around = times[bisect_right(times, at - span) : bisect_left(times, at + span)]
    near = sorted([at, *around])
    return all(
        sum(start <= t < start + span for t in near) <= most
        for start in near
        if start <= at < start + span
    )
