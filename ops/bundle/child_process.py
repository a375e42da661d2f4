"""Child processes that are killed when this process stops waiting for them."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any


def run(command: Sequence[str], **options: Any) -> None:
    """Run ``command`` to its end. Raises ``subprocess.CalledProcessError`` when it fails.

    Whatever stops the waiting stops the command. It is begun in a thread of its own, since
    Python's signals reach the main thread alone: one that came while the process was being
    made would leave a process that nobody knows of, still writing into a folder that is being
    deleted. One that comes while the thread is being started is why the thread asks first.
    """
    begun: Future[subprocess.Popen[bytes]] = Future()
    beginning, stopped = threading.Lock(), threading.Event()

    def begin() -> None:
        with beginning:
            if stopped.is_set():
                return
            try:
                begun.set_result(subprocess.Popen(command, **options))
            except BaseException as error:
                begun.set_exception(error)

    try:
        threading.Thread(target=begin).start()
        code = begun.result().wait()
    except BaseException:
        # Once the lock is ours the process is made, or never will be.
        with beginning:
            stopped.set()
        if begun.done() and begun.exception() is None:
            begun.result().kill()
            begun.result().wait()
        raise
    if code:
        raise subprocess.CalledProcessError(code, command)
