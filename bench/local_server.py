"""The whole service on this machine, started for the figures that need pages."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY = "ready "


@contextmanager
def running() -> Iterator[str]:
    """The local machine on a free port, until the block ends; yields its address.

    Raises ``RuntimeError`` with what it said when it does not start.
    """
    with tempfile.TemporaryFile("w+") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "local"],
            cwd=ROOT,
            env={**os.environ, "PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        assert server.stdout
        try:
            url = next((line for line in server.stdout if line.startswith(READY)), None)
            if url is None:
                said.seek(0)
                raise RuntimeError(f"the local server did not start: {said.read()}")
            # The requests' log must not fill the pipe and stop the server.
            drain = subprocess.Popen(["cat"], stdin=server.stdout, stdout=subprocess.DEVNULL)
            yield url.removeprefix(READY).strip()
        finally:
            server.terminate()
            server.wait(timeout=30)
            server.stdout.close()
        drain.wait(timeout=30)
