"""The clock, Japan's time zone, and spans of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated

from msgspec import Meta

Clock = Callable[[], datetime]
"""Now, aware, UTC."""

ZonedTime = Annotated[datetime, Meta(tz=True)]
"""An aware time: ``date-time`` of JSON Schema, which a naive one is not."""

JST = timezone(timedelta(hours=9), "JST")
"""Japan's time. It has no summer time, so no time zone database is needed."""

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

CLOCKS_APART = timedelta(seconds=5)
"""How far apart the clocks of two functions may be, or a function's and a service's."""


def wall_clock() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


def japan_day(now: datetime) -> date:
    """The day in Japan, by which everything is counted that is counted by days."""
    return now.astimezone(JST).date()


def beginning_of(day: date) -> datetime:
    """When a day begins in Japan, in UTC."""
    return datetime.combine(day, time(), JST).astimezone(UTC)


def next_japan_day(now: datetime) -> datetime:
    """When what is counted by days begins anew."""
    return beginning_of(japan_day(now) + DAY)
