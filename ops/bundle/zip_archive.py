"""The bundle's byte code and its zip archive, the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from ops.bundle import child_process
from ops.errors import CommandError

TASK_ROOT = "/var/task"
"""Where Lambda unpacks the zip; tracebacks name files there."""

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


_DATA = ("zxcvbn/frequency_lists.py",)
"""Modules that are nothing but long lists. Their byte code is as large as their source, and no
traceback ever quotes a line of them."""


class NotCompiled(CommandError):
    """A source without byte code, which each cold start would pay for; the message names it."""


def compile_all(tree: Path) -> None:
    """Compile every module, to byte code that is trusted without a look at the source's date.

    Lambda's files are dated by the zip and cannot be written, so byte code that is checked by
    date would be made anew at each cold start, two and a half times slower. Raises
    ``subprocess.CalledProcessError`` and ``NotCompiled``.
    """
    compileall = [sys.executable, "-m", "compileall", "-q", "-f"]
    unchecked = ["--invalidation-mode", "unchecked-hash", "-s", str(tree), "-p", TASK_ROOT]
    # A process of its own, with fixed hashes: the order of a set must not change the result.
    child_process.run(
        [*compileall, *unchecked, str(tree)],
        # Nobody's settings of Python: some put byte code elsewhere, or name it otherwise.
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONHASHSEED": "0"},
        stdout=subprocess.DEVNULL,
    )
    for source in sorted(tree.rglob("*.py")):
        code = source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
        if not code.exists():
            raise NotCompiled(f"{source.relative_to(tree)} has no byte code")


def leave_out_sources(tree: Path) -> None:
    """Leave of ``_DATA`` the byte code alone, where Python finds it without a source."""
    for name in _DATA:
        source = tree / name
        (code,) = (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")
        code.rename(source.with_suffix(".pyc"))
        source.unlink()


def write_zip(tree: Path, file: Path) -> None:
    """Zip ``tree`` into ``file``: sorted, dated 1980, readable by everyone."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for path in sorted(p for p in tree.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), _FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            target.writestr(entry, path.read_bytes(), compresslevel=9)
