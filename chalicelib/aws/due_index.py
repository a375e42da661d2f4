"""Index of what is due: the sparse index of ``registrations`` that the sweeper works through."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.versioned_table import (
    Attributes,
    VersionedTable,
    commit_transaction,
    dynamodb_errors,
    seconds,
)
from chalicelib.errors import Raced
from chalicelib.verification.due import due
from chalicelib.verification.model import Registration, Seen

if TYPE_CHECKING:
    from chalicelib.verification.sweep import DuePage

SHARDS = tuple("01234567")
"""The index is spread over these keys, so that a rush is no hot key."""

A_PAGE = 100
"""Rows of one query, and of the call that reads them: DynamoDB's most."""


def registration_attributes(registration: Registration) -> Attributes:
    """What stands beside a registration for its expiry and the index."""
    attributes: dict[str, dict[str, str]] = {"expires": seconds(registration.expires)}
    if (moment := due(registration)) is not None:
        attributes["due_at"] = seconds(moment)
        attributes["due_shard"] = {"S": SHARDS[zlib.crc32(registration.id.encode()) % len(SHARDS)]}
    return attributes


class DueTable:
    """Provides ``verification.sweep.DueIndex``."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._client = client
        self._table = table
        self._rows = VersionedTable(client, table, Registration, registration_attributes)

    def shards(self) -> Sequence[str]:
        """The index's keys."""
        return SHARDS

    def page(self, shard: str, now: datetime, after: Any = None) -> DuePage:
        """The index is eventually consistent and has keys alone; the rows are read as they are."""
        from chalicelib.verification.sweep import DuePage

        more = {"ExclusiveStartKey": after} if after else {}
        with dynamodb_errors():
            answer = self._client().query(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                ExpressionAttributeValues={":shard": {"S": shard}, ":now": seconds(now)},
                Limit=A_PAGE,
                **more,
            )
        rows, unreadable = self._rows.get_many([item["id"]["S"] for item in answer["Items"]])
        found: list[Seen] = []
        for id, row in rows.items():
            if row.value.id == id:
                found.append(Seen(row.value, row.version))
            else:
                unreadable.append(id)
        return DuePage(found, unreadable, answer.get("LastEvaluatedKey"))

    def settle(self, swept: Sequence[tuple[Seen, Registration]]) -> None:
        """One transaction."""
        commit_transaction(
            self._client(),
            [self._rows.writing(after, seen.version, id=after.id) for seen, after in swept],
        )

    def put_aside(self, id: str, until: datetime) -> None:
        """Only the index's own attribute is written, whatever else the row is."""
        with suppress(Raced), dynamodb_errors({"ConditionalCheckFailedException": Raced}):
            self._client().update_item(
                TableName=self._table,
                Key={"id": {"S": id}},
                UpdateExpression="SET due_at = :until",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues={":until": seconds(until)},
            )
