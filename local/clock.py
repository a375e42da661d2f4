"""Clock protocol, and the system clock with an offset."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A clock that can be moved. Calling it gives the time as an aware UTC ``datetime``."""

    def __call__(self) -> datetime:
        """Now."""

    def time(self) -> float:
        """Seconds since 1970, offset included."""

    def elapsed(self) -> float:
        """Seconds like ``time()``, but a clock that is put back does not take them back."""

    @property
    def offset(self) -> float:
        """Seconds by which the clock was moved."""

    def set_offset(self, seconds: float) -> None:
        """Be moved by so many seconds in all."""

    def put_forward(self, seconds: float) -> None:
        """Add to the offset."""


class SystemClock:
    """The machine's clock plus an offset, for many threads.

    ``changed`` is notified when the offset changes and when the clock is closed, so that
    what waits for a time can look again.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._put_back = 0.0
        self._closed = False
        self.changed = threading.Condition()

    def __call__(self) -> datetime:
        """Now."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """Seconds since 1970, offset included."""
        return time.time() + self._offset

    def elapsed(self) -> float:
        """Seconds like ``time()``, but a clock that is put back does not take them back."""
        with self.changed:
            return self.time() + self._put_back

    @property
    def offset(self) -> float:
        """Seconds this clock is ahead of the machine's."""
        return self._offset

    def set_offset(self, seconds: float) -> None:
        """Be so many seconds ahead of the machine's clock."""
        with self.changed:
            self._put_back += max(0.0, self._offset - seconds)
            self._offset = seconds
            self.changed.notify_all()

    def put_forward(self, seconds: float) -> None:
        """Add to the offset."""
        with self.changed:
            self.set_offset(self._offset + seconds)

    def close(self) -> None:
        """Wake all waiters for good."""
        with self.changed:
            self._closed = True
            self.changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether everything that waits for a time should end."""
        return self._closed
