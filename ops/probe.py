"""Probes: run one check of a running service, poll until something holds."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ops.check_result import CheckResult, failed, note, ok

Found = TypeVar("Found")


class ProbeFailed(Exception):
    """What was probed does not do what it should."""


class ProbeDeferred(Exception):
    """The probe could not run now, and nothing says that the service does not work."""


def expect(condition: bool, message: str) -> None:
    """Raise ``ProbeFailed`` with ``message`` unless the condition holds."""
    if not condition:
        raise ProbeFailed(message)


def run_probe(subject: str, probe: Callable[[], str]) -> CheckResult:
    """The result of ``probe``: what it returns, how it failed, or why it was deferred."""
    try:
        return ok(subject, probe())
    except ProbeFailed as error:
        return failed(subject, str(error))
    except ProbeDeferred as deferred:
        return note(subject, str(deferred))
    except (OSError, http.client.HTTPException) as error:
        return failed(subject, f"no answer: {type(error).__name__} {error}")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return failed(subject, f"an answer of another shape: {type(error).__name__} {error}")


@dataclass(frozen=True)
class Polling:
    """Polling with a timeout; both times in seconds."""

    timeout: float
    interval: float = 2.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def until(self, look: Callable[[], Found | None]) -> Found | None:
        """Call ``look`` until it finds something, and return that; ``None`` after the timeout."""
        ends = self.clock() + self.timeout
        while (found := look()) is None and self.clock() < ends:
            self.sleep(self.interval)
        return found
