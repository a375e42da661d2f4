"""Records that a later release has written, or that are damaged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.aws.versioned_table import VersionedTable
from chalicelib.errors import UnreadableRecord
from local.account import STACK
from tests.crash.cloud import Cloud

TABLE = f"{STACK}-trail"
KEY = {"id": {"S": "a"}, "mail": {"S": "1"}}


class Note(Struct, frozen=True):
    text: str


Notes = VersionedTable[Note]


@pytest.fixture
def notes(there: Cloud) -> Notes:
    return VersionedTable(lambda: there.client("dynamodb"), TABLE, Note)


READS: dict[str, Callable[[Notes], object]] = {
    "get": lambda notes: notes.get("a", "1"),
    "query": lambda notes: notes.query("a"),
    "change": lambda notes: notes.change(lambda _: Note("new"), id="a", mail="1"),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    "item",
    [
        {"doc": {"S": '{"text": 1}'}, "version": {"N": "1"}},
        {"doc": {"S": "{"}, "version": {"N": "1"}},
        {"doc": {"S": '{"text": "one"}'}},
        {"version": {"N": "1"}},
    ],
    ids=["another type", "no JSON", "no version", "no document"],
)
def test_what_cannot_be_read_is_for_later_and_named_in_the_log(
    notes: Notes, dynamodb: Any, caplog: pytest.LogCaptureFixture, item: Any, read: str
) -> None:
    dynamodb.put_item(TableName=TABLE, Item=KEY | item)
    with pytest.raises(UnreadableRecord) as later:
        READS[read](notes)
    assert later.value.seconds == 300
    (told,) = caplog.records
    assert told.levelname == "ERROR"
    assert f"{TABLE}: a, 1 cannot be read" in told.getMessage()


def test_fields_of_a_later_release_are_gone_with_the_next_write(
    notes: Notes, dynamodb: Any, items: Callable[[str], list[dict[str, Any]]]
) -> None:
    item = {
        "doc": {"S": '{"text": "one", "later": {"release": 2}}'},
        "version": {"N": "1"},
        "later": {"S": "too"},
    }
    dynamodb.put_item(TableName=TABLE, Item=KEY | item)
    notes.change(lambda before: before and replace(before, text="two"), id="a", mail="1")
    (after,) = items("trail")
    assert "later" not in str(after)
    assert notes.query("a") == [Note("two")]
