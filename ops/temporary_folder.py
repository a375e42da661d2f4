"""A temporary folder that is removed however the work in it ends, Ctrl-C included."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_folder(prefix: str, parent: Path | None = None) -> Iterator[Path]:
    """A folder in ``parent``, or where the system has its temporary files.

    Unlike ``tempfile.TemporaryDirectory`` it is remembered before it is made: a signal in between
    leaves nothing behind.
    """
    folder = (parent or Path(tempfile.gettempdir())) / f"{prefix}{secrets.token_hex(8)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
