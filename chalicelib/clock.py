"""The clock, and spans of time: everything that needs to know what time it is takes a ``Clock``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Now, aware, UTC."""

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def wall_clock() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


def next_utc_day(now: datetime) -> datetime:
    """When what is counted by the calendar day (UTC) begins anew."""
    return datetime(now.year, now.month, now.day, tzinfo=now.tzinfo) + DAY
