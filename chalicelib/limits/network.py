"""Network limit: whether a registration is admitted at once, against a proof of work, or later.

Nothing here refuses anybody. A school or a carrier puts thousands behind one address, and their
codes are entered: so it counts what is outstanding, and past a share of it a proof of work is asked
for, which grows and which the page does by itself. Past several shares, or where mails bounce, a
registration is accepted into a slow lane, and told its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.clock import DAY, beginning_of, japan_day
from chalicelib.errors import ChallengeRequired
from chalicelib.limits import counters as holders
from chalicelib.limits.challenge import Challenges
from chalicelib.limits.counters import MAILS, Counters, Tally
from chalicelib.limits.domain_key import is_commanded
from chalicelib.limits.network_key import neighbourhood, network_key

HARDEST = 8
"""How many times the work of a first share is the most that is asked for: on an old phone, ten
seconds or so."""
SHARES_AT_ONCE = 5
"""Outstanding shares past which a registration goes into the slow lane as well."""

BOUNCES = 0.20
"""The share of bounced mails above which a network works for those to a domain …"""
BOUNCES_OF = 20
"""… judged over at least this many; over twice as many they go into the slow lane as well."""

BOUNCES_OF_ALL = 0.05
"""The share of all bounced mails above which everybody works: SES looks into a sender at 5 %, and
stops one at 10 …"""
ALL_OF = 100
"""… judged over at least this many."""

BURNT_EARLY = 0.10
"""How much further than the day the budget of mails may be before everybody works."""

SLOW_LANE = timedelta(minutes=1)
"""How much later the mail goes in the slow lane …"""
LANE_PACE = timedelta(seconds=5)
"""… one such mail after another, so that leaving the work out gains nothing …"""
LANE_LENGTH = timedelta(minutes=30)
"""… and farther apart beyond so much …"""
LANE_PACE_BEYOND = timedelta(minutes=1)
LANE_END = DAY
"""… as far as a day ahead: what waits there is bounded by the budget of mails …"""
LANE_END_FOR_WORK = timedelta(minutes=30)
"""… but only so far for who has worked, in lanes that leaving the work out does not lengthen."""


def share_of_network(budget: int, confirmed: int = 0) -> int:
    """How many registrations a network may have outstanding before it works for more; as many more
    as it has confirmed."""
    return max(20, budget // 200, confirmed)


def share_of_domain(budget: int, confirmed: int = 0) -> int:
    """The same for a mail domain."""
    return max(40, budget // 50, confirmed)


class Standing(Struct, frozen=True):
    """How the day stands for who asks, this registration counted."""

    network: Tally
    domain: Tally
    together: Tally
    """The network's mails to the domain."""
    mails: Tally
    """All mails."""


def work_for(standing: Standing, budget: int, now: datetime) -> int:
    """How much work is asked for: none, or so many times that of a first share."""
    grown = max(_grown(over) for over in _outstanding_shares(standing, budget))
    mails, together = standing.mails, standing.together
    everybody = mails.placed >= ALL_OF and mails.bounced > BOUNCES_OF_ALL * mails.placed
    bounces = _bounces_too_much(together, BOUNCES_OF)
    return max(grown, int(everybody or bounces or _burns(mails, budget, now)))


def goes_slowly(standing: Standing, budget: int) -> bool:
    """Whether a registration goes into the slow lane of its network, work or no work."""
    return max(_outstanding_shares(standing, budget)) >= SHARES_AT_ONCE


def bounces_slowly(standing: Standing) -> bool:
    """Whether it goes into that of its network for the domain alone, whose mails bounce."""
    return _bounces_too_much(standing.together, 2 * BOUNCES_OF)


def _outstanding_shares(standing: Standing, budget: int) -> tuple[int, int]:
    """How many whole shares of the network and of the domain are outstanding before this one."""
    network, domain = standing.network, standing.domain
    of_network = share_of_network(budget, network.confirmed)
    of_domain = share_of_domain(budget, domain.confirmed)
    return (network.outstanding - 1) // of_network, (domain.outstanding - 1) // of_domain


def _grown(over: int) -> int:
    return min(2 ** (over - 1), HARDEST) if over > 0 else 0


def _bounces_too_much(mails: Tally, at_least: int) -> bool:
    return mails.sent >= at_least and mails.bounced > BOUNCES * mails.sent


def _burns(mails: Tally, budget: int, now: datetime) -> bool:
    """Whether the budget is used up faster than the day passes."""
    passed = (now - beginning_of(japan_day(now))) / DAY
    return mails.placed > budget * (passed + BURNT_EARLY)


def next_in_lane(slot: datetime, now: datetime, end: timedelta = LANE_END) -> datetime:
    """The place after ``slot`` in a slow lane that ends ``end`` ahead."""
    if slot >= now + end:
        return slot
    return slot + (LANE_PACE if slot < now + LANE_LENGTH else LANE_PACE_BEYOND)


class Visitor(Struct, frozen=True):
    """Who sends a request, as far as limits ask."""

    client: str
    """The connection's own address."""
    solution: str | None = None
    """Of a challenge (proof of work), if one came."""
    can_solve: bool = True
    """Whether it runs scripts. One that cannot is served later instead of being challenged."""


class Admitted(Struct, frozen=True):
    """A registration that was counted, and when its mail may leave."""

    network: str
    """The client network's key."""
    earliest: datetime
    unworked: bool = False
    """A proof of work was asked for and left out."""


def count_confirmed(
    counters: Counters, network: str, domain: str, now: datetime, again: int = 0
) -> None:
    """Count one right code: network and domain have nothing of it outstanding any more, neither
    the registration nor what was asked for ``again``."""
    day = japan_day(now)
    counters.add(holders.network(network), day, confirmed=1, asked=-again)
    if is_commanded(domain):
        counters.add(holders.domain(domain), day, confirmed=1, asked=-again)


@dataclass(frozen=True, kw_only=True)
class NetworkLimit:
    """The one place where a client network, and the mail domain it asks for, are counted."""

    counters: Counters
    challenges: Challenges
    pepper: bytes
    mail_budget: int

    def network_of(self, visitor: Visitor) -> str:
        """The key of the client network that a visitor is in."""
        return network_key(visitor.client, self.pepper)

    def admit(self, visitor: Visitor, domain: str, now: datetime, *, own: bool = False) -> Admitted:
        """Count one registration for the domain with this key (``domain_key``), or one mail more
        of one, and say when its mail may leave at the earliest. A registration's ``own`` resend is
        counted, and neither works nor waits for it.

        Raises ``ChallengeRequired``; then it is not counted.
        """
        network = self.network_of(visitor)
        standing = self._count(network, domain, now, 1)
        if own:
            return Admitted(network, now)
        work = work_for(standing, self.mail_budget, now)
        near, lane, end = neighbourhood(network), "", LANE_END_FOR_WORK
        if goes_slowly(standing, self.mail_budget):
            lane = f"{near}#worked"
        elif bounces_slowly(standing):
            lane = f"{near}#{domain}"
        if work and not self._solved(visitor, network, work, now):
            if visitor.can_solve:
                self._count(network, domain, now, -1)
                raise ChallengeRequired(network, work)
            lane, end = near, LANE_END
        if not lane:
            return Admitted(network, now)
        slot = self.counters.lane_slot(lane, now, lambda slot: next_in_lane(slot, now, end))
        return Admitted(network, slot + SLOW_LANE, unworked=lane == near)

    def _count(self, network: str, domain: str, now: datetime, by: int) -> Standing:
        day, nothing = japan_day(now), Tally()
        counters = self.counters
        of_network = counters.add(holders.network(network), day, asked=by)
        of_domain = together = nothing
        if is_commanded(domain):
            of_domain = counters.add(holders.domain(domain), day, asked=by)
        if of_network.bounced >= BOUNCES * BOUNCES_OF:
            together = counters.read(holders.network_to_domain(network, domain), day)
        return Standing(of_network, of_domain, together, counters.read(MAILS, day))

    def _solved(self, visitor: Visitor, network: str, work: int, now: datetime) -> bool:
        return bool(visitor.solution) and self.challenges.solved(
            visitor.solution or "", network, now, work
        )
