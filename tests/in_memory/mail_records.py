"""The trail's records in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from chalicelib.limits.counters import Tally
from chalicelib.trail.mail_record import MailRecord
from tests.in_memory.tables import CountersInMemory


class MailRecordsInMemory:
    """``MailRecords`` in a dictionary. ``raced`` runs once between a read and its write."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], MailRecord] = {}
        self.writes = 0
        self.raced: Callable[[], object] | None = None

    def change(
        self, reference: str, mail: str, decide: Callable[[MailRecord | None], MailRecord | None]
    ) -> MailRecord | None:
        while True:
            before = self.kept.get((reference, mail))
            after = decide(before)
            if after is None or after is before:
                return after
            if self.raced:
                race, self.raced = self.raced, None
                race()
            if self.kept.get((reference, mail)) is before:
                self.kept[reference, mail] = after
                self.writes += 1
                return after

    def of(self, reference: str) -> list[MailRecord]:
        return [record for (owner, _), record in self.kept.items() if owner == reference]

    def remove(self, reference: str, mail: str, decide: Callable[[MailRecord], bool]) -> bool:
        kept = self.kept.get((reference, mail))
        if kept is not None and decide(kept):
            del self.kept[reference, mail]
        return (reference, mail) not in self.kept


class Told(CountersInMemory):
    """Counters that remember what they were told of a network."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str]] = []

    def add(self, holder: str, day: date | None, **counts: int) -> Tally:
        kind, network, *_ = [*holder.split("#"), ""]
        if kind == "pair":
            self.calls += [(name, network) for name in counts]
        return super().add(holder, day, **counts)
