"""A command that ends when we do."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from ops.bundle import child_process

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_command_that_fails_is_told() -> None:
    with pytest.raises(subprocess.CalledProcessError) as told:
        child_process.run([sys.executable, "-c", "raise SystemExit(3)"])
    assert told.value.returncode == 3


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        child_process.run([str(tmp_path / "nothing")])


def test_whatever_stops_the_waiting_stops_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a stop that comes while the process is being made."""
    made: list[subprocess.Popen[bytes]] = []
    usual = Future.result

    def stopped(future: Future[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        if not made:
            made.append(usual(future))
            raise KeyboardInterrupt
        return usual(future)

    monkeypatch.setattr(Future, "result", stopped)
    with pytest.raises(KeyboardInterrupt):
        child_process.run(SLEEP)
    assert made[0].returncode == -9


@pytest.mark.parametrize("already", [True, False])
def test_a_stop_while_the_thread_is_started_leaves_no_command(
    monkeypatch: pytest.MonkeyPatch, already: bool
) -> None:
    """``Thread.start`` waits for the thread, which may have begun by then, or begins afterwards."""
    start = threading.Thread.start
    late: list[threading.Thread] = []

    def stopped(thread: threading.Thread) -> None:
        if already:
            start(thread)
        else:
            late.append(thread)
        raise KeyboardInterrupt

    read, write = os.pipe()
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", stopped)
        with pytest.raises(KeyboardInterrupt):
            child_process.run(SLEEP, pass_fds=[write])
    for thread in late:
        thread.start()
        thread.join()
    os.close(write)
    # The pipe ends when the last process that could write to it is gone.
    ended, _, _ = select.select([read], [], [], 10)
    assert ended
    assert os.read(read, 1) == b""
    os.close(read)
