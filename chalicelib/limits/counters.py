"""Counters of the limits: a network's day, turns and slots, codes tried, mails taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class NetworkDay:
    """What one client network did today, and how its mails fared."""

    asked_this_hour: float
    """Registrations in the last 60 minutes (the hour before is weighted by what is left)."""
    sent: int
    bounced: int


class Counters(Protocol):
    """Plain counters, each one atomic write. Implemented by ``aws.counters.CounterTable``."""

    def network_asked(self, network: str, now: datetime) -> NetworkDay:
        """Count one registration of ``network``, and say how it stands."""

    def network_turn(self, network: str, now: datetime, pace: timedelta) -> datetime | None:
        """Take the turn of a network whose registrations come ``pace`` apart: ``None`` when it
        is granted, else when the next one is."""

    def network_slot(self, network: str, now: datetime, pace: timedelta) -> datetime:
        """Take the next place in a network's slow lane, ``pace`` after the one before."""

    def once(self, what: str, until: datetime) -> bool:
        """True for the first who asks for ``what`` before ``until``."""

    def code_tried(self, address: str, now: datetime, most: int) -> bool:
        """Count a code tried for ``address`` today, unless ``most`` were; False then."""

    def mail_taken(self, now: datetime, most: int) -> bool:
        """Take one mail of today's budget of ``most``; False when it is used up."""
