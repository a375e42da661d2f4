"""Tables in memory, each record with a version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.errors import (
    Raced,
)
from chalicelib.identity.ownership import Owner
from chalicelib.limits.counters import NetworkDay
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

    def forget(self, registration: Registration) -> None:
        self.registrations.pop(registration.id, None)
        for reference in registration.attempts:
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
        for seen, after in swept:
            known = self.table.registrations.get(after.id)
            if known and known[0] == seen.version:
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

    def forget(self, address: str, reference: str, *, finished: bool = False) -> None:
        owner = self.owners.get(address)
        if owner and owner.reference == reference and owner.finished is finished:
            del self.owners[address]


class CountersInMemory:
    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.mails = 0
        self.bounced_mails: Counter[str] = Counter()
        self.sent_mails: Counter[str] = Counter()
        self.codes: Counter[tuple[str, str]] = Counter()
        self.used: set[str] = set()
        self.turns: dict[str, datetime] = {}
        self.lanes: dict[str, datetime] = {}

    def network_asked(self, network: str, now: datetime) -> NetworkDay:
        self.asked[network] += 1
        return NetworkDay(
            self.asked[network], self.sent_mails[network], self.bounced_mails[network]
        )

    def sent(self, network: str, mail: str) -> None:
        self.sent_mails[network] += 1

    def bounced(self, network: str, mail: str) -> None:
        self.bounced_mails[network] += 1

    def network_turn(self, network: str, now: datetime, pace: timedelta) -> datetime | None:
        free = self.turns.get(network, now)
        if free > now:
            return free
        self.turns[network] = now + pace
        return None

    def network_slot(self, network: str, now: datetime, pace: timedelta) -> datetime:
        slot = max(now, self.lanes.get(network, now))
        self.lanes[network] = slot + pace
        return slot

    def once(self, what: str, until: datetime) -> bool:
        if what in self.used:
            return False
        self.used.add(what)
        return True

    def code_tried(self, address: str, now: datetime, most: int) -> bool:
        if self.codes[address, f"{now:%F}"] >= most:
            return False
        self.codes[address, f"{now:%F}"] += 1
        return True

    def mail_taken(self, now: datetime, most: int) -> bool:
        self.mails += 1
        return self.mails <= most
