"""Simulated time: a clock, a scheduler and executors that need no threads.

Nothing happens by itself. Who drives says when time passes and when work is done, so the same
run can be had again.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime


class SimulatedClock:
    """A ``Clock`` that stands still until it is moved.

    With a ``tick`` each reading moves it by so many seconds: no two moments are the same.
    """

    def __init__(self, start: datetime, tick: float = 0.0) -> None:
        self._now = start.timestamp()
        self._tick = tick
        self._offset = 0.0
        self._put_back = 0.0

    def __call__(self) -> datetime:
        """Now, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """Seconds since 1970."""
        self._now += self._tick
        return self._now

    def elapsed(self) -> float:
        """Seconds like ``time()``, but a clock that is put back does not take them back."""
        return self.time() + self._put_back

    def peek(self) -> float:
        """``elapsed()`` without a tick."""
        return self._now + self._put_back

    @property
    def offset(self) -> float:
        """Seconds by which the clock was moved."""
        return self._offset

    def set_offset(self, seconds: float) -> None:
        """Move the clock to so many seconds from where it would be."""
        self._put_back += max(0.0, self._offset - seconds)
        self._now += seconds - self._offset
        self._offset = seconds

    def put_forward(self, seconds: float) -> None:
        """Add to the offset."""
        self.set_offset(self._offset + seconds)


class SimulatedScheduler:
    """A ``Scheduler`` over a simulated clock: actions run in order of time, when they are told.

    What an action raises comes through; the others are still there.
    """

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def call_later(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` in so many seconds of the clock."""
        at = self._clock.peek() + seconds
        heapq.heappush(self._entries, (at, next(self._numbers), action))

    def run_due(self) -> int:
        """Run what is due at the clock's time, and what comes due by that; how much it was."""
        return self._run_until(self._clock.peek())

    def advance(self, seconds: float) -> int:
        """Put the clock forward, and run on the way what comes due, each at its own time."""
        end = self._clock.peek() + seconds
        count = self._run_until(end)
        self._move_to(end)
        return count

    def clear(self) -> None:
        """Forget what was to be run."""
        self._entries.clear()

    def _run_until(self, end: float) -> int:
        count = 0
        while self._entries and self._entries[0][0] <= end:
            at, _, action = heapq.heappop(self._entries)
            self._move_to(at)
            action()
            count += 1
        return count

    def _move_to(self, at: float) -> None:
        # Ticks may have brought the clock further already.
        self._clock.put_forward(max(0.0, at - self._clock.peek()))


class ImmediateExecutor:
    """An ``Executor`` that does a task on the spot. What it raises comes through."""

    def submit(self, task: Callable[[], None]) -> None:
        """Do it."""
        task()


class QueuedExecutor:
    """An ``Executor`` that keeps tasks until they are wanted."""

    def __init__(self) -> None:
        self._tasks: deque[Callable[[], None]] = deque()

    def submit(self, task: Callable[[], None]) -> None:
        """Keep ``task`` for ``run_pending``."""
        self._tasks.append(task)

    def run_pending(self) -> int:
        """Do what was submitted, first come first served, and what that submits; how much it was.

        What a task raises comes through; the others are still there.
        """
        count = 0
        while self._tasks:
            self._tasks.popleft()()
            count += 1
        return count
