"""A transaction is all or nothing, and copies no item of its tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import Item

TABLE = "todoku-counters"
FRESH = "attribute_not_exists(id)"


@pytest.fixture
def table(aws: Callable[[str], Any]) -> Any:
    return aws("dynamodb")


def put(id: str, value: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": {"id": {"S": id}, "v": {"S": value}}, **more}}


def value(table: Any, id: str) -> str | None:
    found = table.get_item(TableName=TABLE, Key={"id": {"S": id}}, ConsistentRead=True)
    return found["Item"]["v"]["S"] if "Item" in found else None


def test_what_a_failed_transaction_wrote_is_taken_back(table: Any, name: str) -> None:
    old, new, gone = f"{name}-old", f"{name}-new", f"{name}-gone"
    table.transact_write_items(TransactItems=[put(old, "1"), put(gone, "1")])
    delete = {"Delete": {"TableName": TABLE, "Key": {"id": {"S": gone}}}}
    writes = [put(new, "2"), put(old, "2", ConditionExpression=FRESH), delete]
    with pytest.raises(ClientError) as caught:
        table.transact_write_items(TransactItems=writes)
    reasons = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed", "None"]
    assert [value(table, id) for id in (old, new, gone)] == ["1", None, "1"]
    table.transact_write_items(TransactItems=[put(new, "3"), put(old, "3")])
    assert [value(table, id) for id in (old, new)] == ["3", "3"]


def test_no_item_is_copied(table: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table.transact_write_items(TransactItems=[put(f"{name}-a", "1")])

    def copied(self: Item, memo: dict[int, Any]) -> Item:
        raise AssertionError("an item was copied")

    monkeypatch.setattr(Item, "__deepcopy__", copied)
    table.transact_write_items(TransactItems=[put(f"{name}-b", "1")])
    assert value(table, f"{name}-b") == "1"


def test_an_update_which_could_not_be_taken_back_is_refused(table: Any, name: str) -> None:
    key = {"TableName": TABLE, "Key": {"id": {"S": name}}}
    update = {"Update": {**key, "UpdateExpression": "REMOVE v"}}
    with pytest.raises(ClientError):
        table.transact_write_items(TransactItems=[update])
