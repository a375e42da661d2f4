"""What the sweeper works through: the index that the template makes, and a round over all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.aws.due_index import SHARDS, DueTable, registration_attributes
from chalicelib.aws.queue import SqsJobs
from chalicelib.aws.tables import RegistrationTable
from chalicelib.errors import Raced
from chalicelib.verification.model import Registration
from chalicelib.verification.sweep import Sweeper, UnreadableRows
from local.simulated_time import SimulatedClock
from tests.aws.test_tables_registrations import AT, REGISTRATIONS, attempt, registration
from tests.crash.cloud import Cloud

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Scan = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def unread(there: Cloud) -> Callable[[str], None]:
    """Spoils a row."""

    def spoil(id: str) -> None:
        there.client("dynamodb").update_item(
            TableName=REGISTRATIONS,
            Key={"id": {"S": id}},
            UpdateExpression="SET doc = :doc",
            ExpressionAttributeValues={":doc": {"S": '{"id": "of a later release"}'}},
        )

    return spoil


def due(index: DueTable, now: datetime) -> list[str]:
    return sorted(seen.registration.id for shard in SHARDS for seen in index.page(shard, now).found)


def many(table: RegistrationTable, count: int) -> list[str]:
    for n in range(count):
        table.save(registration(attempt(f"R{n:03}"), id=f"id-{n:03}"), None)
    return [f"id-{n:03}" for n in range(count)]


def test_what_is_due_is_found_when_its_time_has_come(
    table: RegistrationTable, index: DueTable
) -> None:
    table.save(registration(), None)
    assert due(index, AT + 2 * MINUTE - timedelta(seconds=1)) == []
    assert due(index, AT + 2 * MINUTE) == ["id"]


def test_what_is_due_is_spread_over_shards_and_found_in_all(
    table: RegistrationTable, index: DueTable, items: Scan
) -> None:
    ids = many(table, 40)
    shards = [item["due_shard"]["S"] for item in items("registrations") if "due_shard" in item]
    assert set(shards) == set(SHARDS)
    assert due(index, AT + DAY) == ids


def test_a_page_leads_to_the_next(
    table: RegistrationTable, index: DueTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.aws.due_index.A_PAGE", 2)
    ids, found = many(table, 40), []
    for shard in SHARDS:
        after: Any = None
        while True:
            page = index.page(shard, AT + DAY, after)
            found += [seen.registration.id for seen in page.found]
            if (after := page.more) is None:
                break
    assert sorted(found) == ids


def test_what_was_swept_is_written_unless_somebody_was_faster_with_one_of_it(
    table: RegistrationTable, index: DueTable
) -> None:
    many(table, 3)
    seen = [s for shard in SHARDS for s in index.page(shard, AT + DAY).found]
    swept = {s.registration.id: (s, replace(s.registration, swept_at=AT + DAY)) for s in seen}
    table.change("R001", lambda r: replace(r, locale="en"))
    with pytest.raises(Raced):
        index.settle(list(swept.values()))
    assert due(index, AT + DAY) == ["id-000", "id-001", "id-002"]
    del swept["id-001"]
    index.settle(list(swept.values()))
    assert due(index, AT + DAY) == ["id-001"]


def test_rows_that_cannot_be_read_stop_nobody_and_ring_with_their_ids(
    table: RegistrationTable,
    index: DueTable,
    sweeper: Sweeper,
    there: Cloud,
    unread: Callable[[str], None],
) -> None:
    many(table, 14)
    for id in ("id-003", "id-008"):
        unread(id)
    with pytest.raises(UnreadableRows, match=r"id-003, id-008|id-008, id-003"):
        sweeper(AT + DAY + MINUTE)
    assert there.waiting("jobs") == 12
    # They are out of the way, and looked at again in an hour.
    assert sweeper(AT + DAY + MINUTE) == 0
    again = [i for shard in SHARDS for i in index.page(shard, AT + DAY + HOUR).unreadable]
    assert sorted(again) == ["id-003", "id-008"]


def test_a_row_that_is_gone_is_not_put_aside(index: DueTable, items: Scan) -> None:
    index.put_aside("nobody", AT)
    assert items("registrations") == []


class Tables:
    """DynamoDB and SQS as far as the sweeper asks them, at 20 ms a call."""

    def __init__(self, clock: SimulatedClock, rows: list[Registration]) -> None:
        self.clock = clock
        self.calls = 0
        self.queued = 0
        self.docs: dict[str, str] = {}
        self.index: dict[str, dict[str, int]] = {shard: {} for shard in SHARDS}
        for row in rows:
            self._write(row.id, registration_attributes(row), msgspec.json.encode(row).decode())

    @property
    def due(self) -> int:
        now = self.clock.time()
        return sum(at <= now for shard in self.index.values() for at in shard.values())

    def work(self) -> None:
        """The worker does what was queued."""
        now = self.clock.time()
        for shard in self.index.values():
            for id in [id for id, at in shard.items() if at > now]:
                del shard[id]

    def _write(self, id: str, extra: Any, doc: str) -> None:
        self.docs[id] = doc
        self.index[extra["due_shard"]["S"]][id] = int(extra["due_at"]["N"])

    def _call(self) -> None:
        self.calls += 1
        self.clock.put_forward(0.020)

    def query(self, *, Limit: int, ExpressionAttributeValues: Any, **more: Any) -> Any:
        self._call()
        shard = self.index[ExpressionAttributeValues[":shard"]["S"]]
        now = int(ExpressionAttributeValues[":now"]["N"])
        after = more.get("ExclusiveStartKey", (0, ""))
        found = sorted((at, id) for id, at in shard.items() if at <= now and (at, id) > after)
        page = found[:Limit]
        more = {"LastEvaluatedKey": page[-1]} if len(found) > Limit else {}
        return {"Items": [{"id": {"S": id}} for _, id in page]} | more

    def batch_get_item(self, *, RequestItems: Any) -> Any:
        self._call()
        ((table, request),) = RequestItems.items()
        assert len(request["Keys"]) <= 100
        ids = [key["id"]["S"] for key in request["Keys"]]
        rows = [{"id": {"S": id}, "doc": {"S": self.docs[id]}, "version": {"N": "1"}} for id in ids]
        return {"Responses": {table: rows}}

    def transact_write_items(self, *, TransactItems: Any) -> None:
        self._call()
        assert len(TransactItems) <= 100
        for write in TransactItems:
            item = write["Put"]["Item"]
            self._write(item["id"]["S"], item, item["doc"]["S"])

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> Any:
        self._call()
        assert len(Entries) <= 10
        self.queued += len(Entries)
        return {}


@pytest.fixture
def rush() -> Tables:
    """50,000 registrations whose jobs were lost."""
    one = registration()
    return Tables(
        SimulatedClock(datetime(2026, 1, 25, 9, tzinfo=UTC)),
        [replace(one, id=f"id-{n}") for n in range(50_000)],
    )


def test_50_000_due_rows_at_20_ms_a_call_are_mended_in_five_rounds_of_35_s(rush: Tables) -> None:
    jobs = SqsJobs(lambda: rush, "jobs", "resends", rush.clock)
    sweeper = Sweeper(index=DueTable(lambda: rush, REGISTRATIONS), jobs=jobs, clock=rush.clock)
    left = []
    for _ in range(5):
        began = rush.clock.peek()
        sweeper(rush.clock() + timedelta(seconds=35))
        assert rush.clock.peek() - began < 36  # a page is the most that it runs over
        rush.clock.put_forward(max(0, began + 60 - rush.clock.peek()))
        rush.work()
        left.append(rush.due)
    assert left[-1] == 0 < left[-2]
    assert rush.queued == 50_000


def test_every_shard_is_reached_in_every_round(rush: Tables) -> None:
    jobs = SqsJobs(lambda: rush, "jobs", "resends", rush.clock)
    sweeper = Sweeper(index=DueTable(lambda: rush, REGISTRATIONS), jobs=jobs, clock=rush.clock)
    before = {shard: dict(rows) for shard, rows in rush.index.items()}
    sweeper(rush.clock() + timedelta(seconds=5))
    assert all(before[shard] != rush.index[shard] for shard in SHARDS)


def test_another_shard_is_first_each_minute(rush: Tables) -> None:
    jobs = SqsJobs(lambda: rush, "jobs", "resends", rush.clock)
    sweeper = Sweeper(index=DueTable(lambda: rush, REGISTRATIONS), jobs=jobs, clock=rush.clock)
    first = []
    for _ in SHARDS:
        before = {shard: dict(rows) for shard, rows in rush.index.items()}
        sweeper(rush.clock() + timedelta(milliseconds=1))
        first.append(next(shard for shard in SHARDS if before[shard] != rush.index[shard]))
        rush.clock.put_forward(60)
    assert sorted(first) == list(SHARDS)
