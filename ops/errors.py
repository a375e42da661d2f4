"""Exceptions that end a command with a message and no traceback (see ``ops.exit_codes``)."""

from __future__ import annotations


class CommandError(Exception):
    """An error that a person must fix before the command can succeed; ``lines`` say what."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Declined(Exception):
    """A confirmation that was answered with no; the message says what stands. What was agreed
    to before is done."""
