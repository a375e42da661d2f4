"""Redrive of one queue of dead letters: look, show, ask, bring back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops.errors import Declined
from ops.redrive.dead_letter_queue import HELD_FOR, DeadLetterQueue, Letter
from ops.redrive.destinations import Content, Destination, Unreadable
from ops.terminal import Terminal

SHOWN = 5
"""References of a kind that are shown; a long list helps nobody."""
_EACH = timedelta(milliseconds=60)
"""What bringing one back takes: two calls."""


@dataclass(frozen=True)
class Redrive:
    """Brings the messages of ``queue`` back. Whenever it ends, none is lost: a message is deleted
    only after its destination has it, and what was not brought back is on the queue again."""

    queue: DeadLetterQueue
    destination: Destination
    terminal: Terminal
    now: datetime

    def run(self) -> int:
        """Bring back what somebody agrees to; returns how many messages are left.

        Raises ``Declined``, ``CommandError`` where nobody can be asked, and botocore's errors.
        """
        held = self.queue.held_by_others()
        if held:
            self.terminal.print_line(
                f"About {held} more of {self.queue.name} are held by another run, or one that was"
                f" killed: they can be brought back in {HELD_FOR // 60} minutes.",
                "yellow",
            )
        try:
            with self.terminal.progress(f"looking at {self.queue.name}"):
                letters = self.queue.hold()
            readable, unreadable = self._read(letters)
            self._show(readable, unreadable)
            if readable:
                self._bring_back([letter for letter, _ in readable])
        finally:
            self.queue.release()
        return len(unreadable) + held

    def _read(
        self, letters: Sequence[Letter]
    ) -> tuple[list[tuple[Letter, Content]], list[tuple[Letter, str]]]:
        """The messages that can be brought back, and the others with the reason."""
        readable, unreadable = [], []
        for letter in letters:
            try:
                readable.append((letter, self.destination.read(letter.body)))
            except Unreadable as reason:
                unreadable.append((letter, str(reason)))
        return readable, unreadable

    def _show(
        self,
        readable: Sequence[tuple[Letter, Content]],
        unreadable: Sequence[tuple[Letter, str]],
    ) -> None:
        if not readable and not unreadable:
            self.terminal.print_line(f"{self.queue.name}: nothing to bring back.")
            return
        kinds: dict[str, list[tuple[Letter, Content]]] = {}
        for letter, content in readable:
            kinds.setdefault(content.kind, []).append((letter, content))
        self.terminal.print_table(
            self.queue.name,
            ("kind", "messages", "oldest", "newest", "references"),
            [self._row(kind, each) for kind, each in sorted(kinds.items())],
        )
        for letter, reason in unreadable:
            self.terminal.print_line(f"Left where it is: {letter.id}: {reason}.", "yellow")
        if readable:
            seconds = max(1, round(len(readable) * _EACH.total_seconds()))
            self.terminal.print_line(
                f"{len(readable)} go to {self.destination.name}: about {seconds} s, then the time"
                " that the work itself takes."
            )

    def _row(self, kind: str, each: Sequence[tuple[Letter, Content]]) -> list[tuple[str, str]]:
        found = dict.fromkeys(content.reference for _, content in each if content.reference)
        references = list(found)
        more = f" and {len(references) - SHOWN} more" if len(references) > SHOWN else ""
        oldest, newest = each[0][0], each[-1][0]
        cells = (
            kind,
            str(len(each)),
            _age(self.now - oldest.sent_at),
            _age(self.now - newest.sent_at),
            ", ".join(references[:SHOWN]) + more,
        )
        return [(cell, "") for cell in cells]

    def _bring_back(self, letters: Sequence[Letter]) -> None:
        if not self.terminal.confirm(f"Bring {len(letters)} back?"):
            raise Declined("Nothing was brought back; all of it is where it was.")
        with self.terminal.bar("bringing back", len(letters)) as done:
            for letter in letters:
                self.destination.bring_back(letter.body)
                # Only now: killed in between, it is done twice, which does no harm.
                self.queue.delete(letter)
                done()
        self.terminal.print_line(f"{len(letters)} brought back.", "green")


_UNITS: Mapping[str, timedelta] = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "min": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


def _age(age: timedelta) -> str:
    """In the largest unit of which there are two: ``36 h ago``, ``2 d ago``."""
    for name, unit in _UNITS.items():
        if age >= 2 * unit:
            return f"{age // unit} {name} ago"
    return "just now"
