"""What happens later: mail that is on its way, retries, schedules."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable

from local.clock import Clock

log = logging.getLogger(__name__)


class ThreadScheduler:
    """Runs what was entered for a time of the shared clock, in one thread, in order of time.

    Putting the clock forward brings entries nearer; putting it back leaves them where they are,
    or the minute's round would rest until the clock has caught up. What it runs must be short:
    longer work belongs to ``ThreadPool``.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin."""
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
                log.exception("something on the scheduler failed")

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
