"""Budget of mails: who gets how much of a day's mails, so that nobody uses them up for the others.

The days are Japan's. What a network takes first is its share of the day, and *light*. What it takes
beyond that is *heavy*, and all of that together is so much and no more: half of a day's budget is
out of reach of any ten networks, whatever domains they ask for and whether they enter the codes or
not. A domain has no share: strangers could use it up in the name of a school.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from msgspec import Struct

from chalicelib.clock import DAY, beginning_of, japan_day
from chalicelib.errors import OutcomeUnknown, TryLater
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
DAYS_AHEAD = 3
"""How far ahead a place is looked for. A mail for which there is none asks again then."""


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
    """The holder whose share it is of, where it is not heavy."""


@dataclass(frozen=True, kw_only=True)
class MailBudget:
    """Takes places in the budget of the days, and gives them back."""

    counters: Counters
    a_day: int

    def take(self, network: str, now: datetime) -> MailPlace | None:
        """A place for a mail that this network asked for: of today, or of the first day that has
        one. ``None`` where the next days are full.
        """
        today, mine = japan_day(now), holders.network(network)
        for ahead in range(DAYS_AHEAD):
            if place := self._of_day(today + ahead * DAY, mine, now):
                return place
        return None

    def give_back(self, place: MailPlace) -> None:
        """For a mail that does not leave."""
        if place.heavy:
            self.counters.add(MAILS, place.day, placed=-1, heavy=-1)
        else:
            self.counters.add(MAILS, place.day, placed=-1)
            self.counters.add(place.network, place.day, placed=-1)

    def usual(self, network: str, at: datetime) -> MailPlace:
        """The place of a mail that leaves at once and is in its network's share."""
        return MailPlace(japan_day(at), at, False, holders.network(network))

    def tell(self, now: datetime) -> None:
        """Tell operators how much of today's budget is taken, for as long as it is."""
        day = japan_day(now)
        placed = self.counters.read(MAILS, day).placed
        for per_cent in TELLING:
            if placed * 100 >= self.a_day * per_cent:
                log.warning(TOLD, day, per_cent)

    def _of_day(self, day: date, mine: str, now: datetime) -> MailPlace | None:
        each = shares(self.a_day)
        light = self._taken(mine, day, placed=each.network) is not None
        heavy = {} if light else {"heavy": each.heavy}
        try:
            taken = self._taken(MAILS, day, placed=self.a_day, **heavy)
        except TryLater:
            with suppress(TryLater):
                self._share_back(mine, day, light)
            raise
        if taken is None:
            self._share_back(mine, day, light)
            return None
        later = max(now, beginning_of(day) + taken.placed * APART)
        leaves_at = now if day == japan_day(now) else later
        return MailPlace(day, leaves_at, not light, mine if light else "")

    def _taken(self, holder: str, day: date, **most: int) -> Tally | None:
        """An answer that was lost counts as taken: to ask once more would take a second one."""
        try:
            return self.counters.take(holder, day, **most)
        except OutcomeUnknown:
            return Tally()

    def _share_back(self, mine: str, day: date, light: bool) -> None:
        if light:
            self.counters.add(mine, day, placed=-1)
