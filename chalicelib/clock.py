"""The clock, Japan's time zone, and spans of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

Clock = Callable[[], datetime]
"""Now, aware, UTC."""

JST = timezone(timedelta(hours=9), "JST")
"""Japan's time. It has no summer time, so no time zone database is needed."""

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def wall_clock() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


def next_utc_day(now: datetime) -> datetime:
    """When what is counted by the calendar day (UTC) begins anew."""
    return datetime(now.year, now.month, now.day, tzinfo=now.tzinfo) + DAY
