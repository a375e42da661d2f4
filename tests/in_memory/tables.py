"""Tables in memory, each record with a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from msgspec import structs

from chalicelib.errors import Raced
from chalicelib.identity.ownership import Owner
from chalicelib.limits.counters import Tally
from chalicelib.limits.mailbox import Mailbox, SeenMailbox
from chalicelib.verification.due import due
from chalicelib.verification.model import Registration, Seen
from chalicelib.verification.sweep import DuePage


class Table:
    """Registrations, mailboxes and owners, each with a version."""

    def __init__(self) -> None:
        self.registrations: dict[str, tuple[int, Registration]] = {}
        self.pointers: dict[str, str] = {}
        self.boxes: dict[str, tuple[int, Mailbox]] = {}
        self.races: list[Callable[[], object]] = []
        """Run before the next ``save``: somebody who is faster."""

    def get(self, id: str) -> Seen | None:
        found = self.registrations.get(id)
        return Seen(found[1], found[0]) if found else None

    def find(self, reference: str) -> Seen | None:
        return self.get(self.pointers.get(reference, ""))

    def save(self, registration: Registration, seen: Seen | None, *boxes: SeenMailbox) -> None:
        if self.races:
            self.races.pop()()
        now = self.registrations.get(registration.id)
        if (now[0] if now else None) != (seen.version if seen else None):
            raise Raced()
        for box in boxes:
            known = self.boxes.get(box.key)
            if (known[0] if known else None) != box.version:
                raise Raced()
        for box in boxes:
            self.boxes[box.key] = ((box.version or 0) + 1, box.mailbox)
        self.registrations[registration.id] = ((now[0] if now else 0) + 1, registration)
        for reference in registration.attempts:
            self.pointers[reference] = registration.id

    def change(
        self, reference: str, decide: Callable[[Registration], Registration]
    ) -> Registration | None:
        seen = self.find(reference)
        if seen is None:
            return None
        after = decide(seen.registration)
        if after is not seen.registration:
            self.registrations[after.id] = (seen.version + 1, after)
        return after

    def forget(self, seen: Seen) -> None:
        if self.get(seen.registration.id) not in (None, seen):
            raise Raced()
        self.registrations.pop(seen.registration.id, None)
        for reference in seen.registration.attempts:
            self.pointers.pop(reference, None)


class DueInMemory:
    """What is due of a table, a shard and a row to a page."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.unreadable: dict[str, datetime] = {}
        """Rows that cannot be read, and when they are due."""

    def shards(self) -> Sequence[str]:
        return ("0", "1")

    def page(self, shard: str, now: datetime, after: int | None = None) -> DuePage:
        found = sorted(
            (at, id, row)
            for id, row in self.table.registrations.items()
            if (at := due(row[1])) is not None and at <= now and ord(id[0]) % 2 == int(shard)
        )
        unreadable = [id for id, at in self.unreadable.items() if at <= now and shard == "0"]
        seen = [Seen(row[1], row[0]) for _, _, row in found]
        return DuePage(seen, unreadable, None)

    def settle(self, swept: Sequence[tuple[Seen, Registration]]) -> None:
        if any(self.table.get(after.id) != seen for seen, after in swept):
            raise Raced()
        for seen, after in swept:
            self.table.registrations[after.id] = (seen.version + 1, after)

    def put_aside(self, id: str, until: datetime) -> None:
        self.unreadable[id] = until


class Boxes:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, key: str) -> SeenMailbox:
        version, mailbox = self.table.boxes.get(key, (None, Mailbox()))
        return SeenMailbox(key, mailbox, version)


class OwnersInMemory:
    def __init__(self) -> None:
        self.owners: dict[str, Owner] = {}

    def get(self, address: str) -> Owner | None:
        return self.owners.get(address)

    def change(self, address: str, decide: Callable[[Owner | None], Owner | None]) -> None:
        after = decide(self.owners.get(address))
        if after is not None:
            self.owners[address] = after

    def forget(self, address: str, seen: Owner) -> bool:
        if self.owners.get(address) == seen:
            del self.owners[address]
        return address not in self.owners


class CountersInMemory:
    def __init__(self) -> None:
        self.tallies: dict[tuple[str, date | None], Tally] = {}
        self.used: set[str] = set()
        self.lanes: dict[str, datetime] = {}
        self.error: Exception | None = None
        """Raised by every call, as long as it is set."""

    def add(self, holder: str, day: date | None, **counts: int) -> Tally:
        before = self.read(holder, day)
        after = {name: getattr(before, name) + by for name, by in counts.items()}
        self.tallies[holder, day] = structs.replace(before, **after)
        return self.tallies[holder, day]

    def read(self, holder: str, day: date | None) -> Tally:
        if self.error:
            raise self.error
        return self.tallies.get((holder, day), Tally())

    def take(self, holder: str, day: date | None, **most: int) -> Tally | None:
        before = self.read(holder, day)
        if any(getattr(before, name) >= limit for name, limit in most.items()):
            return None
        return self.add(holder, day, **dict.fromkeys(most, 1))

    def once(self, what: str, until: datetime) -> bool:
        if what in self.used:
            return False
        self.used.add(what)
        return True

    def lane_slot(
        self, lane: str, now: datetime, next_slot: Callable[[datetime], datetime]
    ) -> datetime:
        slot = max(now, self.lanes.get(lane, now))
        self.lanes[lane] = next_slot(slot)
        return slot
