"""A stage: what one deployment chose, and whether the templates can take it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """Something that a person must mend first. ``problems`` are one clear line each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
