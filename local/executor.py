"""Executor protocol for asynchronous tasks, and a thread pool."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)


class Executor(Protocol):
    """Executor of asynchronous tasks."""

    def submit(self, task: Callable[[], None]) -> None:
        """Have ``task`` done soon."""


class ThreadPool:
    """Thread pool of daemon threads over one queue, as an ``Executor``.

    ``ThreadPoolExecutor`` waits for its threads when Python ends; a call that hangs would
    keep the server from stopping.
    """

    def __init__(self, count: int) -> None:
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{n}", daemon=True)
            for n in range(count)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def submit(self, task: Callable[[], None]) -> None:
        """Have ``task`` done soon. What it raises is logged."""
        self._tasks.put(task)

    def stop(self, timeout: float) -> None:
        """Finish what is running, wait for it up to ``timeout`` seconds in all."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join(timeout / len(self._threads))

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Exception:
                log.exception("an asynchronous task failed")
