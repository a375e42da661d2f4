"""Trying something that should work: what is expected, how long it is waited for."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ops.check_result import Finding, failed, note, ok

Found = TypeVar("Found")


class Wrong(Exception):
    """What was tried does not do what it should."""


class Later(Exception):
    """It could not be tried now, and nothing says that it does not work."""


def expect(holds: bool, otherwise: str) -> None:
    """Raise ``Wrong`` unless it holds."""
    if not holds:
        raise Wrong(otherwise)


def tried(about: str, trial: Callable[[], str]) -> Finding:
    """What ``trial`` says of what it found, how it went wrong, or why it must wait."""
    try:
        return ok(about, trial())
    except Wrong as wrong:
        return failed(about, str(wrong))
    except Later as later:
        return note(about, str(later))
    except (OSError, http.client.HTTPException) as error:
        return failed(about, f"no answer: {type(error).__name__} {error}")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return failed(about, f"an answer of another shape: {type(error).__name__} {error}")


@dataclass(frozen=True)
class Patience:
    """How long to wait for something, in seconds, and how often to look."""

    seconds: float
    every: float = 2.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def until(self, look: Callable[[], Found | None]) -> Found | None:
        """What ``look`` finds; ``None`` when time is up before it finds anything."""
        ends = self.clock() + self.seconds
        while (found := look()) is None and self.clock() < ends:
            self.sleep(self.every)
        return found
