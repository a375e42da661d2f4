"""Network limit: how much one client network may ask for before it must prove work.

A school or a carrier puts thousands behind one address, so counting never refuses anybody:
past the limit a proof of work is asked for, which the page does by itself. Mails that bounce
are another matter: they spoil the sender for all, so such a network must work, then wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.errors import ChallengeRequired, Wait
from chalicelib.limits.challenge import Challenges
from chalicelib.limits.counters import Counters, NetworkDay
from chalicelib.limits.network_key import network_key

REGISTRATIONS_AN_HOUR = 1000
BOUNCES = 0.20
"""The share of bounced mails above which a network gets the proof of work …"""
BOUNCES_OF = 20
"""… judged over at least this many mails; over twice as many it has to wait as well."""

BOUNCES_PACE = timedelta(minutes=1)
"""How far apart the registrations of a network come that has to wait."""

SLOW_LANE = timedelta(minutes=1)
"""How much later the mail goes for a form without script, which cannot do the work …"""
LANE_PACE = timedelta(seconds=5)
"""… one such mail of a network after another, so that leaving the work out gains nothing …"""
LANE_LENGTH = timedelta(minutes=30)
"""… and no more than this far ahead."""


def must_work(day: NetworkDay) -> bool:
    """Whether this network is asked for the proof of work."""
    return day.asked_this_hour > REGISTRATIONS_AN_HOUR or _bounces(day, BOUNCES_OF)


def must_wait(day: NetworkDay) -> bool:
    """Whether this network's registrations come ``BOUNCES_PACE`` apart."""
    return _bounces(day, 2 * BOUNCES_OF)


def _bounces(day: NetworkDay, at_least: int) -> bool:
    return day.sent >= at_least and day.bounced > BOUNCES * day.sent


class Visitor(Struct, frozen=True):
    """Who sends a request, as far as limits ask."""

    client: str
    """The connection's own address."""
    solution: str | None = None
    """Of a challenge (proof of work), if one came."""
    can_solve: bool = True
    """Whether it runs scripts. One that cannot is served later instead of being challenged."""


class Admitted(Struct, frozen=True):
    """A registration that was counted for its network, and when its mail may leave."""

    network: str
    """The client network's key."""
    earliest: datetime


@dataclass(frozen=True, kw_only=True)
class NetworkLimit:
    """The one place where a client network is counted."""

    counters: Counters
    challenges: Challenges
    pepper: bytes

    def network_of(self, visitor: Visitor) -> str:
        """The key of the client network that a visitor is in."""
        return network_key(visitor.client, self.pepper)

    def admit(self, visitor: Visitor, now: datetime) -> Admitted:
        """Count one registration and say when its mail may leave at the earliest.

        Raises ``ChallengeRequired`` and ``Wait``.
        """
        network = self.network_of(visitor)
        day = self.counters.network_asked(network, now)
        earliest = now
        solution = visitor.solution
        if must_work(day) and not (solution and self.challenges.solved(solution, network, now)):
            if visitor.can_solve:
                raise ChallengeRequired(network)
            slot = self.counters.network_slot(network, now, LANE_PACE)
            if slot > now + LANE_LENGTH:
                raise Wait(slot - LANE_LENGTH)
            earliest = slot + SLOW_LANE
        if must_wait(day):
            turn = self.counters.network_turn(network, now, BOUNCES_PACE)
            if turn is not None:
                raise Wait(turn)
        return Admitted(network, earliest)
