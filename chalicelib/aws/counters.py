"""Counters in DynamoDB: each an atomic write with a condition, each with an expiry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec

from chalicelib.aws.errors import aws_errors
from chalicelib.aws.versioned_table import dynamodb_errors, pause_after_race, seconds
from chalicelib.clock import DAY, Clock, beginning_of
from chalicelib.errors import RACE_TRIES, TodokuError
from chalicelib.limits.counters import Tally

A_SEASON = 90 * DAY
"""How long counters without a day are kept after somebody added to them."""


class _ConditionFailed(TodokuError):
    """A counter's condition did not hold."""


_CONDITIONS = {"ConditionalCheckFailedException": _ConditionFailed}


class CounterTable:
    """Provides ``limits.counters.Counters``."""

    def __init__(self, client: Callable[[], Any], table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def add(self, holder: str, day: date | None, **counts: int) -> Tally:
        """One write."""
        return _tally(self._update(holder, day, counts, {})["Attributes"])

    def read(self, holder: str, day: date | None) -> Tally:
        """Strongly consistent."""
        key = {"id": {"S": _id(holder, day)}}
        with dynamodb_errors():
            answer = self._client().get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return _tally(answer.get("Item", {}))

    def take(self, holder: str, day: date | None, **most: int) -> Tally | None:
        """One write with a condition over all of them."""
        if min(most.values()) < 1:
            return None  # the condition holds for a counter that is not there yet
        try:
            answer = self._update(holder, day, dict.fromkeys(most, 1), most, repeatable=False)
        except _ConditionFailed:
            return None
        return _tally(answer["Attributes"])

    def once(self, what: str, until: datetime) -> bool:
        """A conditional put: the first one wins."""
        return self._conditionally(
            Key={"id": {"S": f"once#{what}"}},
            UpdateExpression="SET expires = :expires",
            ConditionExpression="attribute_not_exists(id)",
            ExpressionAttributeValues={":expires": seconds(until + DAY)},
        )

    def lane_slot(
        self, lane: str, now: datetime, next_slot: Callable[[datetime], datetime]
    ) -> datetime:
        """The next free second of the lane, moved on by a condition; the loser reads again.

        Who loses too often shares the second seen last with who was faster: what a request has
        worked for is used up by now, and a lane paces mails and does not count them.
        """
        key = {"id": {"S": f"lane#{lane}"}}
        slot = now
        for _ in range(RACE_TRIES):
            with dynamodb_errors():
                answer = self._client().get_item(
                    TableName=self._table, Key=key, ConsistentRead=True
                )
            seen = int(answer.get("Item", {}).get("next_free", {}).get("N", 0))
            slot = max(now, datetime.fromtimestamp(seen, now.tzinfo))
            free = next_slot(slot)
            if self._conditionally(
                Key=key,
                UpdateExpression="SET next_free = :free, expires = :expires",
                ConditionExpression="attribute_not_exists(next_free) OR next_free = :seen",
                ExpressionAttributeValues={
                    ":free": seconds(free),
                    ":seen": {"N": str(seen)},
                    ":expires": seconds(free + DAY),
                },
            ):
                break
            pause_after_race()
        return slot

    def _update(
        self,
        holder: str,
        day: date | None,
        counts: dict[str, int],
        most: dict[str, int],
        *,
        repeatable: bool = True,
    ) -> Any:
        names = {f"#{name}": name for name in counts}
        values = {f":{name}": {"N": str(by)} for name, by in counts.items()}
        values |= {f":most_{name}": {"N": str(limit)} for name, limit in most.items()}
        expires = beginning_of(day) + 3 * DAY if day else self._clock() + A_SEASON
        condition = " AND ".join(
            f"(attribute_not_exists(#{name}) OR #{name} < :most_{name})" for name in most
        )
        with aws_errors(_CONDITIONS, repeatable=repeatable):
            return self._client().update_item(
                TableName=self._table,
                Key={"id": {"S": _id(holder, day)}},
                UpdateExpression=f"ADD {', '.join(f'#{n} :{n}' for n in counts)} "
                "SET expires = :expires",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={**values, ":expires": seconds(expires)},
                ReturnValues="ALL_NEW",
                **({"ConditionExpression": condition} if condition else {}),
            )

    def _conditionally(self, **update: Any) -> bool:
        try:
            with dynamodb_errors(_CONDITIONS):
                self._client().update_item(TableName=self._table, **update)
        except _ConditionFailed:
            return False
        return True


def _id(holder: str, day: date | None) -> str:
    return f"{holder}#{day}" if day else holder


def _tally(item: dict[str, Any]) -> Tally:
    counts = {name: int(value["N"]) for name, value in item.items() if "N" in value}
    return msgspec.convert(counts, Tally)
