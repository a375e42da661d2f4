"""Lambda's context of an invocation."""

from __future__ import annotations


class Time:
    """Lambda's context of an invocation that has so many seconds left, fewer by each look."""

    def __init__(self, seconds: float, each: float = 0) -> None:
        self.left, self.each = seconds, each

    def get_remaining_time_in_millis(self) -> int:
        now, self.left = self.left, self.left - self.each
        return int(1000 * now)
