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
    shares: tuple[str, ...]
    """The holders whose share it is of, at the counters; none where it is heavy."""


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

    def give_back(self, place: MailPlace) -> None:
        """For a mail that does not leave."""
        heavy = {} if place.shares else {"heavy": -1}
        self.counters.add(MAILS, place.day, placed=-1, **heavy)
        self._return(place.shares, place.day)

    def usual(self, network: str, domain: str, at: datetime) -> MailPlace:
        """The place of a mail that leaves at once and is in the share of both."""
        of_domain = (holders.domain(domain),) if is_commanded(domain) else ()
        return MailPlace(japan_day(at), at, (holders.network(network), *of_domain))

    def _of_day(self, day: date, network: str, domain: str, now: datetime) -> MailPlace | None:
        each = shares(self.a_day)
        light = self._light(day, network, domain, each)
        heavy = {} if light else {"heavy": each.heavy}
        taken = self.counters.take(MAILS, day, placed=self.a_day, **heavy)
        if taken is None:
            self._return(light, day)
            return None
        self._tell(day, taken.placed)
        leaves_at = max(now, beginning_of(day) + taken.placed * APART)
        return MailPlace(day, now if day == japan_day(now) else leaves_at, light)

    def _light(self, day: date, network: str, domain: str, each: Shares) -> tuple[str, ...]:
        """The shares that a light place was taken of; none where it can only be heavy.

        Where a domain's share is used up, each network still has one mail to it: whoever asks in
        the name of a school from many networks keeps no pupil at home from his code.
        """
        mine = holders.network(network)
        if not self.counters.take(mine, day, placed=each.network):
            return ()
        if not is_commanded(domain):
            return (mine,)
        for holder, most in (
            (holders.domain(domain), each.domain),
            (holders.network_to_domain(network, domain), 1),
        ):
            if self.counters.take(holder, day, placed=most):
                return (mine, holder)
        self._return((mine,), day)
        return ()

    def _return(self, shares: tuple[str, ...], day: date) -> None:
        for holder in shares:
            self.counters.add(holder, day, placed=-1)

    def _tell(self, day: date, placed: int) -> None:
        for per_cent in TELLING:
            if placed == max(1, -(-self.a_day * per_cent // 100)):
                log.warning(TOLD, day, per_cent)
