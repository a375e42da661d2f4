"""Confirmation codes of Cognito's users, and hourly limits."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from local.cognito.errors import code_mismatch, expired_code

UnixTime = Callable[[], float]
"""A clock: gives seconds since 1970."""

CODE_LIFETIME = 24 * 3600.0
"""Lifetime of a confirmation code in seconds; Cognito does not let one change it."""


@dataclass(frozen=True)
class _Issued:
    code: str
    at: float


class ConfirmationCodes:
    """The valid confirmation code of each user. A new one replaces the earlier."""

    def __init__(self, time: UnixTime) -> None:
        self._time = time
        self._issued: dict[str, _Issued] = {}

    def issue(self, user: str) -> str:
        """Issue a new code of six digits; an earlier one is invalid then."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        before = self._issued.get(user)
        if before is not None and before.code == code:
            return self.issue(user)
        self._issued[user] = _Issued(code, self._time())
        return code

    def check(self, user: str, code: str) -> None:
        """Raise Cognito's error unless ``code`` is valid. It stays valid until ``use``."""
        issued = self._issued.get(user)
        if issued is None or self._time() >= issued.at + CODE_LIFETIME:
            raise expired_code()
        if not secrets.compare_digest(issued.code, code):
            raise code_mismatch()

    def use(self, user: str) -> None:
        """Invalidate the code: it was used."""
        self._issued.pop(user, None)


class HourlyLimit:
    """Rate limit of each user, over the last hour."""

    def __init__(self, time: UnixTime, limit: int) -> None:
        self._time = time
        self._limit = limit
        self._taken: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def take(self, user: str) -> bool:
        """Count one more, unless the limit is reached; False then."""
        now = self._time()
        with self._lock:
            recent = [at for at in self._taken.get(user, []) if now - 3600 < at <= now]
            if len(recent) < self._limit:
                self._taken[user] = [*recent, now]
                return True
            self._taken[user] = recent
            return False
