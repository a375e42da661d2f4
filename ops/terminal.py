"""What a person at a terminal is shown and asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ops.check_result import Finding, Mark
from ops.deploy.change_set import Change, Draft
from ops.stage import Refused

_STYLES = {
    Mark.OK: "green",
    Mark.NOTE: "yellow",
    Mark.MISSING: "bold red",
    Mark.STOPS: "bold red",
    Mark.FAILED: "bold red",
}


class Status(Protocol):
    """The line that says what is being waited for."""

    def update(self, status: str) -> None:
        """Say something else there."""


class Terminal:
    """Shows and asks. ``yes`` answers every plain question."""

    def __init__(
        self, console: Console, ask: Callable[[str], str] | None, *, yes: bool = False
    ) -> None:
        """``ask`` puts a question to somebody; ``None`` where nobody is."""
        self._console = console
        self._ask = ask
        self._yes = yes

    @classmethod
    def here(cls, *, yes: bool) -> Terminal:
        """The terminal that this process has, if any."""
        # In a log, commands and records must not be broken at the 80 columns that nobody has there.
        width = None if sys.stdout.isatty() else 160
        console = Console(highlight=False, width=width)
        return cls(console, input if sys.stdin.isatty() else None, yes=yes)

    def say(self, line: str, style: str = "") -> None:
        """One line, however long: a record or a command in it can be copied."""
        self._console.print(Text(line, style), soft_wrap=True)

    def waiting(self, what: str) -> AbstractContextManager[Status]:
        """A line that moves as long as something is waited for."""
        return self._console.status(Text(what))

    def findings(self, title: str, findings: Iterable[Finding]) -> None:
        """A list of checks."""
        table = _table(title, "", "what", "")
        for it in findings:
            table.add_row(Text(it.mark, _STYLES[it.mark]), Text(it.about), Text(it.line))
        self._console.print(table)

    def changes(self, draft: Draft, title: str) -> None:
        """A change set; what loses data stands out."""
        table = _table(title, "action", "what", "type", "replaced")
        for change in sorted(draft.changes, key=_worst_first):
            cells = (change.action, change.name, change.kind, _replaced(change))
            style = "bold white on red" if change.loses else _style(change)
            table.add_row(*(Text(cell, style) for cell in cells))
        self._console.print(table)
        for change in draft.losses:
            self.say(f"{change.name} ({change.kind}) LOSES what is in it.", "bold red")

    def agreed(self, question: str) -> bool:
        """Whether somebody says yes. Raises ``Refused`` when there is nobody to ask."""
        if self._yes:
            return True
        return self._answer(f"{question} [y/N] ", question).lower() in {"y", "yes"}

    def typed(self, question: str, word: str, *, waived: bool) -> bool:
        """Whether somebody types ``word``. ``waived``: where ``yes`` is enough."""
        if self._yes and waived:
            return True
        return self._answer(f"{question} Type {word}: ", question) == word

    def _answer(self, prompt: str, question: str) -> str:
        if self._ask is None:
            raise Refused(f"{question} There is no terminal to ask at, so nothing was done.")
        try:
            return self._ask(prompt).strip()
        except EOFError:
            return ""


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _replaced(change: Change) -> str:
    return {"True": "REPLACED", "Conditional": "perhaps"}.get(change.replacement, "")


def _style(change: Change) -> str:
    if change.action == "Remove":
        return "red"
    return "yellow" if _replaced(change) else ""


def _worst_first(change: Change) -> tuple[bool, str, str]:
    return (not change.loses, change.action, change.name)
