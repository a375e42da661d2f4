"""Another process beside the first, which acts while a call of the first one waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from chalicelib.errors import TodokuError
from chalicelib.factory import Services
from tests.crash.process import Process

T = TypeVar("T")


class Neighbour(Process):
    """The same functions once more, with clients of their own, for the same cloud.

    Whoever else is at work waits for it, so it never waits itself.
    """

    def request(self, ask: Callable[[Services], T]) -> T:
        """Once: who is told to try later leaves it at that."""
        return ask(self.services)

    def minute(self) -> None:
        raise AssertionError("no time passes")


class Meanwhile:
    """Has something else done before the nth call of a process is made, reads included."""

    def __init__(self, process: Process) -> None:
        self._left = 0
        self._act: Callable[[], object] | None = None
        self.made: list[str] = []
        """The process's calls up to the one that waited, if there were so many."""
        for client in process.clients:
            client.meta.events.register_first("before-call", self._before)

    @contextmanager
    def acting(self, n: int, act: Callable[[], object]) -> Iterator[None]:
        """Within, ``act`` is done before the nth call. It may be refused, as anybody may."""
        self._left, self._act, self.made = n, act, []
        try:
            yield
        finally:
            self._act = None

    @property
    def acted(self) -> bool:
        """Whether there were so many calls."""
        return self._left == 0

    def _before(self, model: Any, **_: Any) -> None:
        if self._act is None:
            return
        self.made.append(model.name)
        self._left -= 1
        if self._left == 0:
            act, self._act = self._act, None
            with suppress(TodokuError):
                act()
