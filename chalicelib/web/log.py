"""HTTP log: one line of JSON a request, and one for each unexpected error.

Neither has addresses, query strings, bodies or the texts of exceptions, which may quote them.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

import msgspec

NAME = "todoku"
_lines = logging.getLogger(NAME)


def request(*, method: str, route: str, status: int, ms: float, id: str) -> None:
    """One answered request. ``route`` is the declared path, never what was asked for."""
    _write(logging.INFO, method=method, route=route, status=status, ms=round(ms, 1), id=id)


def unexpected_error(error: BaseException) -> None:
    """An error that nobody expected: what it is and where it arose, cause by cause."""
    chain: list[dict[str, Any]] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 5:
        frames = traceback.extract_tb(cause.__traceback__)[-8:]
        chain.append(
            {
                "error": type(cause).__name__,
                "at": [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames],
            }
        )
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    _write(logging.ERROR, failure=chain)


def _write(level: int, **fields: Any) -> None:
    line = msgspec.json.encode({"level": logging.getLevelName(level), **fields}).decode()
    _lines.log(level, "%s", line)
