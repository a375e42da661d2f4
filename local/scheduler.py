"""Scheduler protocol for delayed actions, and a scheduler in a thread."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from typing import Protocol

from local.clock import SystemClock

log = logging.getLogger(__name__)


class Scheduler(Protocol):
    """Scheduler of delayed actions: mail that is on its way, retries, schedules."""

    def call_later(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` in so many seconds of the shared clock."""


class ThreadScheduler:
    """Scheduler in a thread of its own. Actions run in order of the shared clock's time.

    Putting the clock forward brings entries nearer; putting it back leaves them where they are,
    or the minute's round would rest until the clock has caught up. What it runs must be short:
    longer work belongs to ``ThreadPool``.
    """

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait for the end, after the clock was closed. ``timeout`` in seconds."""
        self._thread.join(timeout)

    def call_later(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` in so many seconds of the shared clock."""
        with self._clock.changed:
            entry = (self._clock.elapsed() + seconds, next(self._numbers), action)
            heapq.heappush(self._entries, entry)
            self._clock.changed.notify_all()

    def _run(self) -> None:
        while (action := self._next()) is not None:
            try:
                action()
            except Exception:
                log.exception("a scheduled action failed")

    def _next(self) -> Callable[[], None] | None:
        """The next action, once it is due; ``None`` when the clock is closed."""
        with self._clock.changed:
            while not self._clock.closed:
                wait = None
                if self._entries:
                    wait = self._entries[0][0] - self._clock.elapsed()
                    if wait <= 0:
                        return heapq.heappop(self._entries)[2]
                self._clock.changed.wait(wait)
        return None
