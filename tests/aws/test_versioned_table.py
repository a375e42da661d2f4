"""Records that change by compare-and-swap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from chalicelib.aws.clients import Clients
from chalicelib.aws.versioned_table import VersionedTable, commit_transaction
from chalicelib.errors import Raced, TryLater
from local.account import REGION, STACK
from tests.aws.http import Wire
from tests.crash.cloud import Cloud

AT = datetime(2026, 1, 24, 9, tzinfo=UTC)
TABLE = f"{STACK}-trail"
Scan = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Note:
    text: str
    at: datetime = AT


@pytest.fixture
def notes(there: Cloud) -> VersionedTable[Note]:
    def extra(note: Note) -> dict[str, dict[str, str]]:
        return {"expires": {"N": str(int(note.at.timestamp()))}}

    return VersionedTable(lambda: there.client("dynamodb"), TABLE, Note, extra)


def test_an_item_is_its_key_a_version_its_expiry_and_readable_json(
    notes: VersionedTable[Note], items: Scan
) -> None:
    notes.put(Note("one"), None, id="a", mail="1")
    assert items("trail") == [
        {
            "id": {"S": "a"},
            "mail": {"S": "1"},
            "expires": {"N": "1769245200"},
            "version": {"N": "1"},
            "doc": {"S": '{"text":"one","at":"2026-01-24T09:00:00Z"}'},
        }
    ]


def test_what_was_written_is_read_with_its_version(notes: VersionedTable[Note]) -> None:
    assert notes.get("a", "1") is None
    notes.put(Note("one"), None, id="a", mail="1")
    notes.put(Note("two"), 1, id="a", mail="1")
    stored = notes.get("a", "1")
    assert stored is not None
    assert (stored.value, stored.version) == (Note("two"), 2)


@pytest.mark.parametrize("seen", [None, 1, 3])
def test_a_write_over_another_version_than_seen_is_refused(
    notes: VersionedTable[Note], seen: int | None
) -> None:
    notes.put(Note("one"), None, id="a", mail="1")
    notes.put(Note("two"), 1, id="a", mail="1")
    with pytest.raises(Raced):
        notes.put(Note("three"), seen, id="a", mail="1")
    stored = notes.get("a", "1")
    assert stored is not None
    assert stored.value == Note("two")


def test_a_write_over_what_is_gone_is_refused(notes: VersionedTable[Note], items: Scan) -> None:
    with pytest.raises(Raced):
        notes.put(Note("two"), 1, id="a", mail="1")
    assert items("trail") == []


def test_a_change_reads_decides_and_writes(notes: VersionedTable[Note]) -> None:
    assert notes.change(lambda before: before or Note("new"), id="a", mail="1") == Note("new")
    changed = notes.change(lambda before: replace(before or Note(""), text="b"), id="a", mail="1")
    assert changed == Note("b")
    stored = notes.get("a", "1")
    assert stored is not None
    assert stored.version == 2


@pytest.mark.parametrize("decide", [lambda before: before, lambda before: None])
def test_a_decision_for_nothing_writes_nothing(
    notes: VersionedTable[Note], decide: Callable[[Note | None], Note | None]
) -> None:
    notes.put(Note("one"), None, id="a", mail="1")
    notes.change(decide, id="a", mail="1")
    stored = notes.get("a", "1")
    assert stored is not None
    assert (stored.value, stored.version) == (Note("one"), 1)


def test_what_a_decision_raises_comes_through_and_nothing_is_written(
    notes: VersionedTable[Note], items: Scan
) -> None:
    def refuse(_: Note | None) -> Note:
        raise KeyError("no")

    with pytest.raises(KeyError):
        notes.change(refuse, id="a", mail="1")
    assert items("trail") == []


def test_the_loser_of_a_race_reads_again_and_decides_again(notes: VersionedTable[Note]) -> None:
    seen: list[str | None] = []

    def append(before: Note | None) -> Note:
        seen.append(before.text if before else None)
        if len(seen) == 1:
            notes.put(Note("faster"), None, id="a", mail="1")
        return Note(f"{before.text if before else ''}+mine")

    assert notes.change(append, id="a", mail="1") == Note("faster+mine")
    assert seen == [None, "faster"]


def test_who_loses_every_race_is_told_to_try_later(notes: VersionedTable[Note]) -> None:
    rounds: list[int] = []

    def always_late(before: Note | None) -> Note:
        stored = notes.get("a", "1")
        notes.put(Note(str(len(rounds))), stored.version if stored else None, id="a", mail="1")
        rounds.append(1)
        return Note("mine")

    with pytest.raises(TryLater) as later:
        notes.change(always_late, id="a", mail="1")
    assert later.value.seconds == 1
    assert len(rounds) == 8


def test_a_delete_takes_away_only_the_version_that_was_seen(notes: VersionedTable[Note]) -> None:
    notes.put(Note("one"), None, id="a", mail="1")
    notes.put(Note("two"), 1, id="a", mail="1")
    with pytest.raises(Raced):
        notes.delete("a", "1", seen=1)
    assert notes.get("a", "1") is not None
    notes.delete("a", "1", seen=2)
    assert notes.get("a", "1") is None
    notes.delete("a", "1", seen=2)
    notes.delete("a", "1")


def test_a_query_finds_what_stands_under_an_id_in_order(notes: VersionedTable[Note]) -> None:
    for mail in ("2", "1", "10", "3"):
        notes.put(Note(mail), None, id="a", mail=mail)
    notes.put(Note("other"), None, id="b", mail="1")
    assert [note.text for note in notes.query("a")] == ["1", "10", "2", "3"]
    assert [note.text for note in notes.query("a", "1")] == ["1", "10"]
    assert notes.query("c") == []


def test_a_query_reads_every_page(notes: VersionedTable[Note], dynamodb: Any) -> None:
    item = {"doc": {"S": '{"text":"x"}'}, "version": {"N": "1"}}
    key = {"id": {"S": "a"}, "mail": {"S": "1"}}
    asked = {
        "TableName": TABLE,
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": "a"}},
        "ConsistentRead": True,
    }
    with Stubber(dynamodb) as stub:
        stub.add_response("query", {"Items": [item], "LastEvaluatedKey": key}, asked)
        stub.add_response("query", {"Items": [item]}, {**asked, "ExclusiveStartKey": key})
        assert len(notes.query("a")) == 2


def test_reads_are_strongly_consistent(notes: VersionedTable[Note], dynamodb: Any) -> None:
    key = {"id": {"S": "a"}, "mail": {"S": "1"}}
    with Stubber(dynamodb) as stub:
        stub.add_response("get_item", {}, {"TableName": TABLE, "Key": key, "ConsistentRead": True})
        assert notes.get("a", "1") is None


def test_a_transaction_is_all_or_nothing(
    notes: VersionedTable[Note], dynamodb: Any, items: Scan
) -> None:
    notes.put(Note("there"), None, id="b", mail="1")
    writes = [
        notes.writing(Note("one"), None, id="a", mail="1"),
        notes.writing(Note("two"), None, id="b", mail="1"),
    ]
    with pytest.raises(Raced):
        commit_transaction(dynamodb, writes)
    assert [item["id"]["S"] for item in items("trail")] == ["b"]
    commit_transaction(dynamodb, [writes[0], notes.writing(Note("two"), 1, id="b", mail="1")])
    assert [(item["id"]["S"], item["version"]["N"]) for item in items("trail")] == [
        ("a", "1"),
        ("b", "2"),
    ]


WRITES = [{"Delete": {"TableName": TABLE, "Key": {"id": {"S": "a"}, "mail": {"S": "1"}}}}]
TROUBLE = [
    ("ThrottlingException", 400, TryLater),
    ("ProvisionedThroughputExceededException", 400, TryLater),
    ("RequestLimitExceeded", 400, TryLater),
    ("InternalServerError", 500, TryLater),
    ("ServiceUnavailable", 503, TryLater),
    ("ValidationException", 400, RuntimeError),
    ("AccessDeniedException", 400, RuntimeError),
]


@pytest.mark.parametrize(("code", "status", "error"), TROUBLE)
def test_trouble_of_dynamodb_is_told_in_the_domains_words(
    notes: VersionedTable[Note], dynamodb: Any, code: str, status: int, error: type[Exception]
) -> None:
    def each(call: str, work: Callable[[], object]) -> None:
        with Stubber(dynamodb) as stub:
            stub.add_client_error(call, code, "secret: taro@gmail.com", status)
            with pytest.raises(error) as told:
                work()
        assert "taro" not in str(told.value)
        assert told.value.__suppress_context__

    each("get_item", lambda: notes.get("a"))
    each("query", lambda: notes.query("a"))
    each("put_item", lambda: notes.put(Note("x"), None, id="a", mail="1"))
    each("delete_item", lambda: notes.delete("a", "1"))
    each("transact_write_items", lambda: commit_transaction(dynamodb, WRITES))


@pytest.mark.parametrize(
    ("code", "error"),
    [("TransactionConflictException", Raced), ("TransactionInProgressException", TryLater)],
)
def test_a_transaction_that_met_another_is_told_apart_from_one_under_way(
    dynamodb: Any, code: str, error: type[Exception]
) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error("transact_write_items", code)
        with pytest.raises(error):
            commit_transaction(dynamodb, WRITES)


@pytest.mark.parametrize(
    ("reasons", "error"),
    [
        (["ConditionalCheckFailed", "None"], Raced),
        (["None", "TransactionConflict"], Raced),
        (["ConditionalCheckFailed", "TransactionConflict"], Raced),
        (["ThrottlingError", "None"], TryLater),
        (["ProvisionedThroughputExceeded"], TryLater),
        (["ThrottlingError", "ConditionalCheckFailed"], TryLater),
        (["ValidationError", "None"], RuntimeError),
        (["ValidationError", "ConditionalCheckFailed"], RuntimeError),
        (["ItemCollectionSizeLimitExceeded"], RuntimeError),
        (["OfTheFuture"], RuntimeError),
    ],
)
def test_a_cancelled_transaction_is_read_by_its_reasons(
    dynamodb: Any, reasons: list[str], error: type[Exception]
) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": code} for code in reasons]},
        )
        with pytest.raises(error) as told:
            commit_transaction(dynamodb, WRITES)
    assert TABLE not in str(told.value)


def test_a_write_that_meets_a_transaction_is_a_race_and_made_again(
    notes: VersionedTable[Note], dynamodb: Any
) -> None:
    refusals = ["put_item"] * 2

    def conflict(model: Any, **_: Any) -> None:
        if refusals and model.name == "PutItem":
            refusals.pop()
            raise ClientError({"Error": {"Code": "TransactionConflictException"}}, model.name)

    dynamodb.meta.events.register("before-call.dynamodb.PutItem", conflict)
    try:
        assert notes.change(lambda _: Note("one"), id="a", mail="1") == Note("one")
        assert refusals == []
        refusals.append("put_item")
        with pytest.raises(Raced):
            notes.put(Note("two"), 1, id="a", mail="1")
    finally:
        dynamodb.meta.events.unregister("before-call.dynamodb.PutItem", conflict)


@pytest.mark.parametrize(("seen", "error"), [(None, TryLater), (1, Raced)])
def test_a_delete_that_meets_a_transaction_is_for_later(
    dynamodb: Any, seen: int | None, error: type[Exception]
) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error("delete_item", "TransactionConflictException")
        with pytest.raises(error):
            VersionedTable(lambda: dynamodb, TABLE, Note).delete("a", "1", seen=seen)


@pytest.mark.parametrize(
    "lost",
    [
        ReadTimeoutError(endpoint_url="https://aws.example"),
        ConnectTimeoutError(endpoint_url="https://aws.example"),
        EndpointConnectionError(endpoint_url="https://aws.example"),
    ],
)
def test_a_lost_answer_is_for_later_because_every_write_may_be_repeated(
    notes: VersionedTable[Note], there: Cloud, lost: Exception
) -> None:
    def fail(**_: Any) -> None:
        raise lost

    events = there.client("dynamodb").meta.events
    events.register("before-call", fail)
    try:
        calls: list[Callable[[], object]] = [
            lambda: notes.get("a", "1"),
            lambda: notes.put(Note("x"), None, id="a", mail="1"),
            lambda: commit_transaction(there.client("dynamodb"), WRITES),
        ]
        for work in calls:
            with pytest.raises(TryLater):
                work()
    finally:
        events.unregister("before-call", fail)


def test_a_write_repeated_after_a_lost_answer_happens_once(there: Cloud) -> None:
    """botocore's own second try meets the first one's write and is told so."""
    client = Clients(REGION)("dynamodb")
    notes = VersionedTable(lambda: client, TABLE, Note)

    def once_more(before: Note | None) -> Note | None:
        # As every rule here: what has happened already stays as it is.
        return before or Note("mine")

    def lose_puts(request: Any, **_: Any) -> None:
        if request.headers["X-Amz-Target"].endswith(b"PutItem") and not lost:
            lost.append(1)
            raise ReadTimeoutError(endpoint_url="https://aws.example")

    lost: list[int] = []
    client.meta.events.register_last("before-send", lose_puts)
    assert notes.change(once_more, id="a", mail="1") == Note("mine")
    assert lost == [1]
    stored = notes.get("a", "1")
    assert stored is not None
    assert stored.version == 1


def test_a_transaction_keeps_its_token_when_botocore_repeats_it(there: Cloud) -> None:
    """So DynamoDB knows it again and does not take it for a second one that lost a race."""
    client = Clients(REGION)("dynamodb")
    wire = Wire(client)
    wire.lose()
    notes = VersionedTable(lambda: client, TABLE, Note)
    with pytest.raises(Raced):  # moto does not know the token again
        commit_transaction(client, [notes.writing(Note("one"), None, id="a", mail="1")])
    first, second = wire.bodies
    assert first["ClientRequestToken"] == second["ClientRequestToken"]


def test_a_parameter_that_botocore_refuses_is_a_defect_and_not_for_later(dynamodb: Any) -> None:
    with pytest.raises(RuntimeError, match="parameter"):
        commit_transaction(dynamodb, [])
