"""Rounding of times in answers: RFC 3339, UTC, whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def rounded_down(at: datetime) -> datetime:
    """The whole second ``at`` is in, UTC. For what was, and for what ends."""
    return at.astimezone(UTC).replace(microsecond=0)


def rounded_up(at: datetime) -> datetime:
    """The next whole second, UTC. For what begins: who comes back then is not too early."""
    return rounded_down(at + timedelta(microseconds=999_999))
