"""What a check found, in one line that says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How much it matters."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing, or could not be asked."""
    MISSING = "missing"
    """Somebody must mend it, else the stage does not do what it is for."""
    STOPS = "stops"
    """Somebody must mend it, else the deployment itself fails, or makes what cannot work."""
    FAILED = "failed"
    """What was deployed does not do what it should."""


@dataclass(frozen=True)
class Finding:
    """One line of a list of checks."""

    mark: Mark
    about: str
    """What was looked at, in a word or two."""
    line: str
    """What is so and, unless it is well, what to do."""


def ok(about: str, line: str) -> Finding:
    """All is well."""
    return Finding(Mark.OK, about, line)


def note(about: str, line: str) -> Finding:
    """It works as it is; somebody should know."""
    return Finding(Mark.NOTE, about, line)


def missing(about: str, line: str) -> Finding:
    """Somebody must do something."""
    return Finding(Mark.MISSING, about, line)


def stops(about: str, line: str) -> Finding:
    """Somebody must do something first."""
    return Finding(Mark.STOPS, about, line)


def failed(about: str, line: str) -> Finding:
    """It was tried, and did not do what it should."""
    return Finding(Mark.FAILED, about, line)


def lacking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that somebody must mend."""
    return [finding for finding in findings if finding.mark in {Mark.MISSING, Mark.STOPS}]
