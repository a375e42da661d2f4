"""How many registrations one client network may begin before it has to work for them.

A school or a carrier puts thousands behind one address, so counting never refuses anybody:
past the limit a proof of work is asked for, which the page does by itself. Mails that bounce
are another matter: they spoil the sender for all, so such a network must work, then wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import ChallengeRequired, Wait
from chalicelib.limits.challenge import Challenges
from chalicelib.limits.interfaces import Counters, NetworkDay

REGISTRATIONS_AN_HOUR = 1000
BOUNCES = 0.20
"""The share of bounced mails above which a network gets the proof of work …"""
BOUNCES_OF = 20
"""… judged over at least this many mails; over twice as many it has to wait as well."""

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
    """Whether this network's registrations come one a minute."""
    return _bounces(day, 2 * BOUNCES_OF)


def _bounces(day: NetworkDay, at_least: int) -> bool:
    return day.sent >= at_least and day.bounced > BOUNCES * day.sent


@dataclass(frozen=True, kw_only=True)
class NetworkLimit:
    """The one place where a client network is counted."""

    counters: Counters
    challenges: Challenges

    def passed(self, network: str, now: datetime, altcha: str | None, *, patient: bool) -> datetime:
        """Count one registration and say when its mail may leave at the earliest.

        ``altcha`` is the solution of a challenge, if one came. ``patient`` clients cannot solve
        one; their mail goes later instead. Raises ``ChallengeRequired`` and ``Wait``.
        """
        day = self.counters.network_asked(network, now)
        earliest = now
        if must_work(day) and not (altcha and self.challenges.solved(altcha, now)):
            if not patient:
                raise ChallengeRequired()
            slot = self.counters.network_slot(network, now, LANE_PACE)
            if slot > now + LANE_LENGTH:
                raise Wait(slot - LANE_LENGTH)
            earliest = slot + SLOW_LANE
        if must_wait(day) and (turn := self.counters.network_turn(network, now)):
            raise Wait(turn)
        return earliest
