"""Budget of mails: who gets how much of a day's mails, so that nobody uses them up for the others.

The days are Japan's. What a network, and a mail domain that is no provider's, take first is their
share of the day, and *light*. What they take beyond it is *heavy*, and all of that together is so
much and no more: half of a day's budget is out of reach of any ten networks and three domains
together, whether they enter the codes or not.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from msgspec import Struct

from chalicelib.clock import DAY, beginning_of, japan_day
from chalicelib.limits import counters as holders
from chalicelib.limits.counters import MAILS, Counters
from chalicelib.limits.domain_key import is_commanded

log = logging.getLogger(__name__)

NETWORKS, DOMAINS = 10, 3
"""How many of them together cannot take more than half of a day."""
TELLING = (50, 80, 100)
"""Per cent of the budget at which operators are told …"""
TOLD = "mail budget of %s: %d per cent taken"
"""… by alarms, which look for this line in the log."""
APART = timedelta(seconds=0.1)
"""How far apart mails leave that were postponed to a day, in the order in which they came."""
DAYS_AHEAD = 7
"""How far ahead a place is looked for. A mail for which there is none asks again then."""


class Shares(Struct, frozen=True):
    """How a day's budget is shared out."""

    network: int
    domain: int
    heavy: int


def shares(budget: int) -> Shares:
    """One per cent for a network, four for a domain; what ten and three of them leave of one half
    is for those who need more."""
    network, domain = max(1, budget // 100), max(1, budget // 25)
    return Shares(network, domain, max(0, budget // 2 - NETWORKS * network - DOMAINS * domain))


class MailPlace(Struct, frozen=True):
    """A place in the budget of a day."""

    day: date
    leaves_at: datetime
    heavy: bool = False


@dataclass(frozen=True, kw_only=True)
class MailBudget:
    """Takes places in the budget of the days, and gives them back."""

    counters: Counters
    a_day: int

    def take(self, network: str, domain: str, now: datetime) -> MailPlace | None:
        """A place for a mail that this network asked for to this domain: of today, or of the first
        day that has one. ``None`` where the next days are full.
        """
        today = japan_day(now)
        for ahead in range(DAYS_AHEAD):
            if place := self._of_day(today + ahead * DAY, network, domain, now):
                return place
        return None

    def give_back(self, place: MailPlace, network: str, domain: str) -> None:
        """For a mail that does not leave."""
        self.counters.add(MAILS, place.day, placed=-1, **({"heavy": -1} if place.heavy else {}))
        if not place.heavy:
            for holder in self._holders(network, domain):
                self.counters.add(holder, place.day, placed=-1)

    def _of_day(self, day: date, network: str, domain: str, now: datetime) -> MailPlace | None:
        each = shares(self.a_day)
        light: list[str] = []
        for holder in self._holders(network, domain):
            most = each.network if holder == holders.network(network) else each.domain
            if self.counters.take(holder, day, placed=most):
                light.append(holder)
        heavy = len(light) < len(self._holders(network, domain))
        limits = {"placed": self.a_day} | ({"heavy": each.heavy} if heavy else {})
        taken = self.counters.take(MAILS, day, **limits)
        if taken is None or heavy:
            for holder in light:
                self.counters.add(holder, day, placed=-1)
        if taken is None:
            return None
        self._tell(day, taken.placed)
        leaves_at = max(now, beginning_of(day) + taken.placed * APART)
        return MailPlace(day, now if day == japan_day(now) else leaves_at, heavy)

    def _holders(self, network: str, domain: str) -> list[str]:
        of_domain = [holders.domain(domain)] if is_commanded(domain) else []
        return [holders.network(network), *of_domain]

    def _tell(self, day: date, placed: int) -> None:
        for per_cent in TELLING:
            if placed == max(1, -(-self.a_day * per_cent // 100)):
                log.warning(TOLD, day, per_cent)
