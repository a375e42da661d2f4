"""The codes Cognito issued, how long they live, and how often one may try."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from local.cognito.errors import code_mismatch, expired_code

UnixTime = Callable[[], float]
"""Seconds since 1970."""

CODE_LIFETIME = 24 * 3600.0
"""A sign-up code's life in seconds; Cognito does not let one change it."""


@dataclass(frozen=True)
class _Issued:
    code: str
    at: float


class ConfirmationCodes:
    """The one code of each user that works. A new one replaces the earlier."""

    def __init__(self, time: UnixTime) -> None:
        self._time = time
        self._issued: dict[str, _Issued] = {}

    def issue(self, user: str) -> str:
        """A new code of six digits; an earlier one is dead."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        before = self._issued.get(user)
        if before is not None and before.code == code:
            return self.issue(user)
        self._issued[user] = _Issued(code, self._time())
        return code

    def check(self, user: str, code: str) -> None:
        """Raises Cognito's refusal unless ``code`` works. It keeps working until ``use``."""
        issued = self._issued.get(user)
        if issued is None or self._time() >= issued.at + CODE_LIFETIME:
            raise expired_code()
        if not secrets.compare_digest(issued.code, code):
            raise code_mismatch()

    def use(self, user: str) -> None:
        """The code has done its work."""
        self._issued.pop(user, None)


class HourlyLimit:
    """How often each user did something in the last hour."""

    def __init__(self, time: UnixTime, most: int) -> None:
        self._time = time
        self._most = most
        self._taken: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def take(self, user: str) -> bool:
        """Count one more, unless there were ``most``; False then."""
        now = self._time()
        with self._lock:
            recent = [at for at in self._taken.get(user, []) if now - 3600 < at <= now]
            if len(recent) < self._most:
                self._taken[user] = [*recent, now]
                return True
            self._taken[user] = recent
            return False
