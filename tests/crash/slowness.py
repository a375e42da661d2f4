"""Calls that take time, and Lambda, which kills a function whose time is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.simulated_time import SimulatedClock
from tests.crash.fault_injection import Killed


class Slowness:
    """Moves the clock by what a call takes."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}
        """What each call takes, by service; nothing where it is not named."""
        self.deadline: float | None = None
        """When the function that runs is killed."""

    def watch(self, clients: Iterable[Any]) -> None:
        """Look at every call of these clients."""
        for client in clients:
            client.meta.events.register_first("after-call", self._after)

    def left(self) -> float:
        """Seconds until the deadline."""
        assert self.deadline is not None
        return self.deadline - self._clock.peek()

    def _after(self, model: Any, **_: Any) -> None:
        # The service has done what it was asked for, whether or not anybody still waits.
        self._clock.put_forward(self.seconds.get(model.service_model.service_name, 0.0))
        if self.deadline is not None and self._clock.peek() >= self.deadline:
            raise Killed
