"""Whatever goes wrong with a row, or with a page, stops no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.due_index import SHARDS, DueTable
from chalicelib.aws.queue import SqsJobs
from chalicelib.aws.tables import RegistrationTable
from chalicelib.errors import TryLater
from chalicelib.verification.sweep import Sweeper, UnreadableRows
from local.simulated_time import SimulatedClock
from tests.aws.test_due_index import due, many
from tests.aws.test_tables_registrations import AT, REGISTRATIONS
from tests.crash.cloud import Cloud

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A_ROUND = timedelta(seconds=35)
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
Document = dict[str, Any]


def one_without_a_time_zone(document: Document) -> None:
    for attempt in document["attempts"].values():
        attempt |= {"state": "void", "asked_at": attempt["asked_at"].removesuffix("Z")}


def one_without_attempts(document: Document) -> None:
    document["attempts"] = {}


def one_without_its_current_attempt(document: Document) -> None:
    document["current"] = "NOBODY"


def one_with_anothers_attempt(document: Document) -> None:
    for attempt in document["attempts"].values():
        attempt["reference"] = "R004"


def one_with_anothers_id(document: Document) -> None:
    document["id"] = "id-004"


SPOILT = [
    one_without_a_time_zone,
    one_without_attempts,
    one_without_its_current_attempt,
    one_with_anothers_attempt,
    one_with_anothers_id,
]


def spoil(there: Cloud, id: str, change: Callable[[Document], None]) -> None:
    key = {"TableName": REGISTRATIONS, "Key": {"id": {"S": id}}}
    item = there.client("dynamodb").get_item(**key)["Item"]
    document = json.loads(item["doc"]["S"])
    change(document)
    item["doc"]["S"] = json.dumps(document)
    there.client("dynamodb").put_item(TableName=REGISTRATIONS, Item=item)


@contextmanager
def refused(there: Cloud, code: str, id: str = "", calls: Any = WRITES) -> Iterator[list[str]]:
    """DynamoDB refuses these calls, those alone in which ``id`` occurs; yields what it refused."""
    made: list[str] = []

    def refuse(params: Any, model: Any, **_: Any) -> None:
        if model.name in calls and id in json.dumps(params):
            made.append(model.name)
            raise ClientError({"Error": {"Code": code}}, model.name)

    events = there.client("dynamodb").meta.events
    events.register("before-parameter-build", refuse)
    try:
        yield made
    finally:
        events.unregister("before-parameter-build", refuse)


def queued(there: Cloud) -> list[str]:
    """Of whom there are jobs on the queue; takes them off."""
    found: list[str] = []
    while messages := there.receive("jobs"):
        for message in messages:
            found.append(json.loads(message.record["body"])["reference"])
            there.done("jobs", message)
    return sorted(found)


def all_but(count: int, *without: int) -> list[str]:
    return [f"R{n:03}" for n in range(count) if n not in without]


def a_round(sweeper: Sweeper) -> int:
    return sweeper(sweeper.clock() + A_ROUND)


@pytest.mark.parametrize("change", SPOILT)
def test_a_row_that_reads_as_a_registration_and_is_none_is_put_aside(
    table: RegistrationTable,
    sweeper: Sweeper,
    clock: SimulatedClock,
    there: Cloud,
    change: Callable[[Document], None],
) -> None:
    many(table, 14)
    spoil(there, "id-003", change)
    with pytest.raises(UnreadableRows, match=r"id-003$"):
        a_round(sweeper)
    assert queued(there) == all_but(14, 3)
    # It is out of the way, and the alarm rings again in an hour.
    clock.put_forward(60)
    assert a_round(sweeper) == 0
    clock.put_forward(3600)
    with pytest.raises(UnreadableRows, match=r"id-003$"):
        a_round(sweeper)


def test_a_row_that_cannot_be_put_aside_stops_no_other(
    table: RegistrationTable, sweeper: Sweeper, there: Cloud
) -> None:
    many(table, 14)
    spoil(there, "id-003", one_without_attempts)
    with (
        refused(there, "ThrottlingException", calls=("UpdateItem",)),
        pytest.raises(UnreadableRows, match=r"id-003$"),
    ):
        a_round(sweeper)
    assert queued(there) == all_but(14, 3)


def test_a_row_that_is_throttled_waits_for_the_next_round_alone(
    table: RegistrationTable, index: DueTable, sweeper: Sweeper, clock: SimulatedClock, there: Cloud
) -> None:
    many(table, 40)
    with refused(there, "ThrottlingException", '"id-003"'):
        assert a_round(sweeper) == 39
        assert due(index, AT + DAY) == ["id-003"]
        assert a_round(sweeper) == 0
    assert queued(there) == all_but(40, 3)
    assert a_round(sweeper) == 1


def test_a_row_that_somebody_else_wrote_meanwhile_is_left_to_that_one(
    table: RegistrationTable, index: DueTable, sweeper: Sweeper, there: Cloud
) -> None:
    many(table, 40)
    with refused(there, "ConditionalCheckFailedException", '"id-003"'):
        assert a_round(sweeper) == 39
    assert queued(there) == all_but(40, 3)
    assert due(index, AT + DAY) == ["id-003"]


def test_a_row_that_dynamodb_does_not_take_is_put_aside(
    table: RegistrationTable, sweeper: Sweeper, clock: SimulatedClock, there: Cloud
) -> None:
    many(table, 40)
    with (
        refused(there, "ValidationException", '"id-003"', calls=("TransactWriteItems",)),
        pytest.raises(UnreadableRows, match=r"id-003$"),
    ):
        a_round(sweeper)
    assert queued(there) == all_but(40, 3)
    clock.put_forward(60)
    assert a_round(sweeper) == 0


def test_while_nothing_can_be_written_nothing_is_queued_and_little_is_tried(
    table: RegistrationTable, index: DueTable, sweeper: Sweeper, there: Cloud
) -> None:
    ids = many(table, 80)
    with refused(there, "ThrottlingException") as tried:
        assert a_round(sweeper) == 0
    assert len(tried) == 4 * len(SHARDS)
    assert queued(there) == []
    assert due(index, AT + DAY) == ids


def due_shard(index: DueTable, shard: str) -> int:
    return len(index.page(shard, AT + DAY).found)


@pytest.mark.parametrize("error", [TryLater(), RuntimeError("Query refused"), KeyError("Items")])
def test_a_shard_that_does_not_answer_stops_no_other(
    table: RegistrationTable,
    index: DueTable,
    sweeper: Sweeper,
    there: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """What is a defect of ours is raised after the round."""
    many(table, 40)
    real, silent = DueTable.page, due_shard(index, "0")

    def page(self: DueTable, shard: str, now: datetime, after: Any = None) -> Any:
        if shard == "0":
            raise error
        return real(self, shard, now, after)

    monkeypatch.setattr(DueTable, "page", page)
    if isinstance(error, TryLater):
        assert a_round(sweeper) == 40 - silent
    else:
        with pytest.raises(type(error)):
            a_round(sweeper)
    assert len(queued(there)) == 40 - silent


def test_jobs_that_the_queue_did_not_take_come_with_the_next_look(
    table: RegistrationTable, sweeper: Sweeper, clock: SimulatedClock, there: Cloud
) -> None:
    many(table, 5)

    sqs = there.client("sqs")
    real = sqs.send_message_batch

    def some(QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:
        taken = [e for e in Entries if '"R002"' not in e["MessageBody"]]
        refused = [e["Id"] for e in Entries if '"R002"' in e["MessageBody"]]
        answer = real(QueueUrl=QueueUrl, Entries=taken) if taken else {}
        return answer | {"Failed": [{"Id": id, "Code": "InternalError"} for id in refused]}

    sqs.send_message_batch = some
    try:
        assert a_round(sweeper) == 4
    finally:
        del sqs.send_message_batch
    assert queued(there) == all_but(5, 2)
    assert minutes_until_queued(sweeper, clock, "R002", there) == 10


def test_a_sweeper_that_dies_before_it_queues_costs_ten_minutes(
    table: RegistrationTable,
    sweeper: Sweeper,
    clock: SimulatedClock,
    there: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many(table, 1)

    class Killed(BaseException):
        pass

    def die(_: SqsJobs, jobs: list[Any]) -> list[Any]:
        if jobs:
            raise Killed
        return []

    with monkeypatch.context() as dying:
        dying.setattr(SqsJobs, "put_all", die)
        with pytest.raises(Killed):
            a_round(sweeper)
    assert minutes_until_queued(sweeper, clock, "R000", there) == 10


def minutes_until_queued(
    sweeper: Sweeper, clock: SimulatedClock, reference: str, there: Cloud
) -> int:
    for minutes in range(1, 30):
        clock.put_forward(60)
        a_round(sweeper)
        if reference in queued(there):
            return minutes
    raise AssertionError("it never comes")
