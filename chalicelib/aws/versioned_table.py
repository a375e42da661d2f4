"""Versioned table: records in DynamoDB that change by compare-and-swap.

An item is its key, a ``version``, what the table's indexes and TTL need, and ``doc``: the
record itself as JSON, readable in the console. A write names the version it has seen; the
loser of a race gets ``Raced``, reads again and decides again. So the rules can be plain
functions from record to record. ``write`` names the write itself: where its answer was lost,
botocore's own second try meets the first one, which is no race.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from botocore.exceptions import ClientError

from chalicelib.aws.errors import aws_errors, error_code
from chalicelib.errors import (
    RACE_TRIES,
    Raced,
    TodokuError,
    TryLater,
    UnreadableRecord,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
LONGEST_PAUSE = 0.05
"""Seconds between two tries of who lost a race."""

_RACES: Mapping[str, Callable[[], TodokuError]] = {
    "ConditionalCheckFailedException": Raced,
    "TransactionConflictException": Raced,
}

Attributes = Mapping[str, Mapping[str, Any]]
Write = dict[str, Any]
"""One element of ``TransactItems``."""


@dataclass(frozen=True)
class Stored(Generic[T]):
    """A record as it was read."""

    value: T
    version: int
    write: str | None = None
    """Which write it is of."""


def _nothing(_: Any) -> Attributes:
    return {}


class VersionedTable(Generic[T]):
    """One table of records of one type. ``mail`` is the sort key where the table has one.

    ``extra`` yields the attributes beside the record: ``{"expires": {"N": "…"}}``, what a
    sparse index needs. Every method raises ``TryLater`` when DynamoDB cannot answer, and what reads
    ``UnreadableRecord`` for a record of a later release: fields that this one does not know are no
    reason, and are gone with its next write.
    """

    def __init__(
        self,
        client: Callable[[], Any],
        table: str,
        record: type[T],
        extra: Callable[[T], Attributes] = _nothing,
    ) -> None:
        self._client = client
        self._table = table
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(record)
        self._extra = extra

    def get(self, id: str, mail: str | None = None) -> Stored[T] | None:
        """The record, strongly consistent, or ``None``."""
        with dynamodb_errors():
            answer = self._client().get_item(
                TableName=self._table, Key=_key(id, mail), ConsistentRead=True
            )
        item = answer.get("Item")
        return self._stored(item) if item else None

    def get_many(self, ids: Sequence[str]) -> tuple[dict[str, Stored[T]], list[str]]:
        """Up to a hundred records by id, strongly consistent, and the ids of those that cannot be
        read. Some may be missing, where DynamoDB had no room for all."""
        if not ids:
            return {}, []
        request = {"Keys": [_key(id, None) for id in ids], "ConsistentRead": True}
        with dynamodb_errors():
            answer = self._client().batch_get_item(RequestItems={self._table: request})
        found: dict[str, Stored[T]] = {}
        unreadable: list[str] = []
        for item in answer["Responses"].get(self._table, ()):
            id = item["id"]["S"]
            try:
                found[id] = self._stored(item)
            except UnreadableRecord:
                unreadable.append(id)
        return found, unreadable

    def query(self, id: str, prefix: str = "") -> list[T]:
        """All records under ``id`` whose sort key begins with ``prefix``, in its order."""
        condition, values = "id = :id", {":id": {"S": id}}
        if prefix:
            condition += " AND begins_with(mail, :mail)"
            values[":mail"] = {"S": prefix}
        found: list[T] = []
        more: dict[str, Any] = {}
        while True:
            with dynamodb_errors():
                answer = self._client().query(
                    TableName=self._table,
                    KeyConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ConsistentRead=True,
                    **more,
                )
            found += [self._stored(item).value for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put(
        self,
        value: T,
        seen: int | None,
        *,
        id: str,
        mail: str | None = None,
        write: str | None = None,
    ) -> None:
        """Write ``value`` over version ``seen`` (``None``: there must be none yet).

        Raises ``Raced`` when somebody else wrote first, or a transaction is about to.
        """
        with dynamodb_errors(_RACES):
            self._client().put_item(**self._put(value, seen, id, mail, write))

    def writing(self, value: T, seen: int | None, *, id: str, mail: str | None = None) -> Write:
        """The same as a part of a transaction, for ``commit_transaction``."""
        return {"Put": self._put(value, seen, id, mail)}

    def change(
        self, decide: Callable[[T | None], T | None], *, id: str, mail: str | None = None
    ) -> T | None:
        """Read, let ``decide`` make the next record, write it; again when another was faster.

        ``decide`` may run several times. When it returns its argument itself, or ``None``,
        nothing is written.
        """
        write = secrets.token_hex(8)
        for _ in range(RACE_TRIES):
            stored = self.get(id, mail)
            if stored is not None and stored.write == write:
                return stored.value
            before = stored.value if stored else None
            after = decide(before)
            if after is None or after is before:
                return after
            try:
                version = stored.version if stored else None
                self.put(after, version, id=id, mail=mail, write=write)
            except Raced:
                pause_after_race()
                continue
            return after
        raise TryLater(1)

    def remove(self, decide: Callable[[T], bool], *, id: str, mail: str | None = None) -> bool:
        """Read, let ``decide`` say whether the record goes, take it away; again when another was
        faster. Whether it is gone; also where there was none."""
        for _ in range(RACE_TRIES):
            stored = self.get(id, mail)
            if stored is None:
                return True
            if not decide(stored.value):
                return False
            try:
                self.delete(id, mail, seen=stored.version)
            except Raced:
                pause_after_race()
                continue
            return True
        raise TryLater(1)

    def delete(self, id: str, mail: str | None = None, *, seen: int | None = None) -> None:
        """Take the record away; nothing happens when there is none.

        With ``seen``, only if it is still that version; raises ``Raced`` otherwise.
        """
        condition: dict[str, Any] = {}
        if seen is not None:
            condition = {
                "ConditionExpression": "attribute_not_exists(id) OR version = :seen",
                "ExpressionAttributeValues": {":seen": {"N": str(seen)}},
            }
        with dynamodb_errors(_RACES if seen is not None else None):
            self._client().delete_item(TableName=self._table, Key=_key(id, mail), **condition)

    def _put(
        self, value: T, seen: int | None, id: str, mail: str | None, write: str | None = None
    ) -> dict[str, Any]:
        item = {
            **_key(id, mail),
            **self._extra(value),
            "version": {"N": str((seen or 0) + 1)},
            "doc": {"S": msgspec.json.encode(value).decode()},
            **({"write": {"S": write}} if write else {}),
        }
        put: dict[str, Any] = {"TableName": self._table, "Item": item}
        if seen is None:
            return put | {"ConditionExpression": "attribute_not_exists(id)"}
        return put | {
            "ConditionExpression": "version = :seen",
            "ExpressionAttributeValues": {":seen": {"N": str(seen)}},
        }

    def _stored(self, item: Mapping[str, Any]) -> Stored[T]:
        try:
            value, version = self._decoder.decode(item["doc"]["S"]), int(item["version"]["N"])
            return Stored(value, version, item.get("write", {}).get("S"))
        except (msgspec.MsgspecError, KeyError, ValueError) as error:
            # msgspec names the field and what is wrong with it, and quotes no text but a state.
            key = ", ".join(item[name]["S"] for name in ("id", "mail") if name in item)
            log.error("%s: %s cannot be read: %s", self._table, key, error)
            raise UnreadableRecord() from None


def commit_transaction(client: Any, writes: Sequence[Write]) -> None:
    """All of ``writes``, or none. Raises ``Raced`` when a condition failed, or another transaction
    holds an item; ``TryLater`` when DynamoDB had no room for it.

    botocore sends one client token with every try of the call, so its own retry after a lost
    answer is not a second transaction.
    """
    with dynamodb_errors(_RACES):
        try:
            client.transact_write_items(TransactItems=list(writes))
        except ClientError as error:
            if error_code(error) != "TransactionCanceledException":
                raise
            cancelled = _cancelled(error)
            if isinstance(cancelled, Raced):
                pause_after_race()
            raise cancelled from None


def _cancelled(error: ClientError) -> Exception:
    """What a cancelled transaction means, by the reasons of its items.

    One that only lacked room would succeed later and is no race; one that DynamoDB does not
    understand never would, and is a defect of ours.
    """
    reasons = error.response.get("CancellationReasons", ())
    codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
    if codes <= {"ConditionalCheckFailed", "TransactionConflict"}:
        return Raced()
    defects = codes - {
        "ConditionalCheckFailed",
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
    }
    if defects:
        return RuntimeError(f"TransactWriteItems cancelled: {', '.join(sorted(defects))}")
    return TryLater()


def pause_after_race() -> None:
    """Let whoever was faster finish; who lost together do not try again together."""
    time.sleep(random.uniform(0, LONGEST_PAUSE))


def dynamodb_errors(
    known: Mapping[str, Callable[[], TodokuError]] | None = None,
) -> AbstractContextManager[None]:
    """DynamoDB's errors as the domain's: conditions make every write here safe to repeat."""
    return aws_errors(known, repeatable=True)


def seconds(moment: datetime) -> dict[str, str]:
    """A moment as indexes and TTL need it."""
    return {"N": str(int(moment.timestamp()))}


def _key(id: str, mail: str | None) -> dict[str, Any]:
    key: dict[str, Any] = {"id": {"S": id}}
    return key if mail is None else key | {"mail": {"S": mail}}
