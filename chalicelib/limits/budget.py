"""Budget of mails: who gets how much of a day's mails, so that nobody uses them up for the others.

The days are Japan's. What a network takes first is its share of the day, and *light*. What it takes
beyond that is *heavy*, and all of that together is so much and no more: half of a day's budget is
out of reach of any ten networks, whatever domains they ask for and whether they enter the codes or
not. A domain has no share: strangers could use it up in the name of a school.

A mail for which today has no place gets one of a later day at once: so it keeps its order, goes
before those who ask on that day, and the page tells its time. Of what is heavy on a later day a
network gets half of what others have left: nobody takes days ahead from everybody.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from msgspec import Struct

from chalicelib.clock import DAY, beginning_of, japan_day
from chalicelib.errors import OutcomeUnknown, TryLater
from chalicelib.jobs import LONGEST_REST
from chalicelib.limits import counters as holders
from chalicelib.limits.counters import MAILS, Counters, Tally

log = logging.getLogger(__name__)

NETWORKS = 10
"""How many of them together cannot take more than half of a day."""
TELLING = (50, 80, 100)
"""Per cent of the budget at which operators are told …"""
TOLD = "mail budget of %s: %d per cent taken"
"""… by alarms, which look for this line in the log."""
APART = timedelta(seconds=0.1)
"""How far apart mails leave that were postponed to a day, in the order in which they came."""
DAYS_AHEAD = LONGEST_REST // DAY
"""How far ahead a place is looked for. A mail for which there is none asks again then."""
POSTPONED = "a mail was postponed to %s"
"""Told of each that does not leave on the day on which it was to, for the alarm."""


class Shares(Struct, frozen=True):
    """How a day's budget is shared out."""

    network: int
    heavy: int


def shares(budget: int) -> Shares:
    """Three per cent for a network, and two mails at least: the first and its resend. What ten of
    them leave of one half is for those who need more."""
    network = max(2, budget * 3 // 100)
    return Shares(network, max(0, budget // 2 - NETWORKS * network))


class MailPlace(Struct, frozen=True):
    """A place in the budget of a day."""

    day: date
    leaves_at: datetime
    heavy: bool = False
    network: str = ""
    """The holder by whose share it was taken; none where it may not have been taken at all."""


@dataclass(frozen=True, kw_only=True)
class MailBudget:
    """Takes places in the budget of the days, and gives them back."""

    counters: Counters
    a_day: int

    def take(self, network: str, now: datetime, *, heavy: bool = True) -> MailPlace | None:
        """A place for a mail that this network asked for: of today, or of the first day that has
        one; without ``heavy``, of its share alone. ``None`` where no day to come has any.
        """
        today, mine = japan_day(now), holders.network(network)
        days = (today + ahead * DAY for ahead in range(DAYS_AHEAD))
        places = (self._of_day(day, mine, now, heavy) for day in days)
        place = next((place for place in places if place), None)
        if place is None or place.day != today:
            log.warning(POSTPONED, place.day if place else today + DAYS_AHEAD * DAY)
        return place

    def give_back(self, place: MailPlace) -> None:
        """For a mail that does not leave."""
        if not place.network:
            return
        if place.heavy:
            self.counters.add(MAILS, place.day, placed=-1, heavy=-1)
        else:
            self.counters.add(MAILS, place.day, placed=-1)
        self._share_back(place.network, place.day, place.heavy)

    def uncounted(self, now: datetime) -> MailPlace | None:
        """A place of today that is not taken, since it may have been; ``None`` where none is
        left."""
        day = japan_day(now)
        if self.counters.read(MAILS, day).placed < self.a_day:
            return MailPlace(day, now)
        log.warning(POSTPONED, day + DAY)
        return None

    def tell(self, now: datetime) -> None:
        """Tell operators how much of today's budget is taken, for as long as it is."""
        day = japan_day(now)
        placed = self.counters.read(MAILS, day).placed
        for per_cent in TELLING:
            if placed * 100 >= self.a_day * per_cent:
                log.warning(TOLD, day, per_cent)

    def _of_day(self, day: date, mine: str, now: datetime, heavy: bool) -> MailPlace | None:
        each, is_today = shares(self.a_day), day == japan_day(now)
        of_all = {"placed": self.a_day}
        beyond = self._taken(mine, day, placed=each.network) is None
        if beyond:
            most = each.heavy if is_today else self._half(each.heavy, mine, day)
            if not heavy or self._taken(mine, day, heavy=most) is None:
                return None
            of_all["heavy"] = each.heavy
        try:
            taken = self._taken(MAILS, day, **of_all)
        except TryLater:
            with suppress(TryLater):
                self._share_back(mine, day, beyond)
            raise
        if taken is None:
            with suppress(TryLater):  # of a day that is used up
                self._share_back(mine, day, beyond)
            return None
        later = max(now, beginning_of(day) + taken.placed * APART)
        return MailPlace(day, now if is_today else later, beyond, mine)

    def _half(self, heavy: int, mine: str, day: date) -> int:
        """How much of what is heavy a network may have in all: half of what others left."""
        others = self.counters.read(MAILS, day).heavy - self.counters.read(mine, day).heavy
        return (heavy - others + 1) // 2

    def _taken(self, holder: str, day: date, **most: int) -> Tally | None:
        """An answer that was lost counts as taken: to ask once more would take a second one."""
        try:
            return self.counters.take(holder, day, **most)
        except OutcomeUnknown:
            return Tally()

    def _share_back(self, mine: str, day: date, heavy: bool) -> None:
        if heavy:
            self.counters.add(mine, day, heavy=-1)
        else:
            self.counters.add(mine, day, placed=-1)
