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
    deleted.
    """
    begun: Future[subprocess.Popen[bytes]] = Future()

    def begin() -> None:
        try:
            begun.set_result(subprocess.Popen(command, **options))
        except BaseException as error:
            begun.set_exception(error)

    thread = threading.Thread(target=begin)
    thread.start()
    try:
        code = begun.result().wait()
    except BaseException:
        thread.join()
        if begun.exception() is None:
            begun.result().kill()
            begun.result().wait()
        raise
    if code:
        raise subprocess.CalledProcessError(code, command)
