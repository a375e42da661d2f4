"""The result of one check: its severity, and a message that says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The severity of a check's result."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing, or could not be asked."""
    MISSING = "missing"
    """A person must act, else the stage does not do what it is for."""
    STOPS = "stops"
    """A person must act first, else the deployment itself fails, or makes what cannot work."""
    FAILED = "failed"
    """What was deployed does not do what it should."""


@dataclass(frozen=True)
class CheckResult:
    """One row of a list of check results."""

    severity: Severity
    subject: str
    """What was checked, in a word or two."""
    message: str
    """What is so and, unless it is well, what to do."""


def ok(subject: str, message: str) -> CheckResult:
    """A result with nothing to do."""
    return CheckResult(Severity.OK, subject, message)


def note(subject: str, message: str) -> CheckResult:
    """A result that somebody should know, with nothing that must be done."""
    return CheckResult(Severity.NOTE, subject, message)


def missing(subject: str, message: str) -> CheckResult:
    """A result that needs an action for the stage to work."""
    return CheckResult(Severity.MISSING, subject, message)


def stops(subject: str, message: str) -> CheckResult:
    """A result that needs an action before the deployment."""
    return CheckResult(Severity.STOPS, subject, message)


def failed(subject: str, message: str) -> CheckResult:
    """A failed check of what was deployed."""
    return CheckResult(Severity.FAILED, subject, message)


def needing_action(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results that a person must act on."""
    return [it for it in results if it.severity in {Severity.MISSING, Severity.STOPS}]
