"""The terminal: lines, tables, a progress line, questions with yes or no."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from ops.check_result import CheckResult, Severity
from ops.errors import CommandError

_STYLES = {
    Severity.OK: "green",
    Severity.NOTE: "yellow",
    Severity.MISSING: "bold red",
    Severity.STOPS: "bold red",
    Severity.FAILED: "bold red",
}


class Status(Protocol):
    """The progress line, as rich has it."""

    def update(self, status: str) -> None:
        """Change the text of the line."""


class Terminal:
    """Output to and questions to a person. ``yes`` answers every plain question."""

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

    def print_line(self, line: str, style: str = "") -> None:
        """Print one line, however long: a record or a command in it can be copied."""
        self._console.print(Text(line, style), soft_wrap=True)

    def progress(self, what: str) -> AbstractContextManager[Status]:
        """Show a progress line while the block runs."""
        return self._console.status(Text(what))

    @contextmanager
    def bar(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """Show a progress bar while the block runs, at a terminal only. What it yields is called
        for each of ``total``."""
        with Progress(
            console=self._console, transient=True, disable=not self._console.is_terminal
        ) as progress:
            task = progress.add_task(what, total=total)
            yield lambda: progress.advance(task)

    def print_check_results(self, title: str, results: Iterable[CheckResult]) -> None:
        """Print a list of check results as a table."""
        rows = [
            [(it.severity, _STYLES[it.severity]), (it.subject, ""), (it.message, "")]
            for it in results
        ]
        self.print_table(title, ("", "what", ""), rows)

    def print_table(
        self, title: str, columns: Iterable[str], rows: Iterable[Iterable[tuple[str, str]]]
    ) -> None:
        """Print a table; each cell is a text and its style."""
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(text, style) for text, style in row))
        self._console.print(table)

    def confirm(self, question: str) -> bool:
        """Whether somebody says yes. Raises ``CommandError`` when there is nobody to ask."""
        if self._yes:
            return True
        return self._answer(f"{question} [y/N] ", question).lower() in {"y", "yes"}

    def confirm_by_typing(self, question: str, word: str, *, waived: bool) -> bool:
        """Whether somebody types ``word``. ``waived``: where ``yes`` is enough."""
        if self._yes and waived:
            return True
        return self._answer(f"{question} Type {word}: ", question) == word

    def _answer(self, prompt: str, question: str) -> str:
        if self._ask is None:
            raise CommandError(f"{question} There is no terminal to ask at, so nothing was done.")
        try:
            return self._ask(prompt).strip()
        except EOFError:
            return ""
