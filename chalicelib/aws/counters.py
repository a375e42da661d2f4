"""Counters in DynamoDB: each an atomic write with a condition, each with an expiry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws.versioned_table import dynamodb_errors
from chalicelib.clock import DAY, Clock
from chalicelib.errors import RACE_TRIES, TodokuError, TryLater
from chalicelib.limits.counters import NetworkDay


class _ConditionFailed(TodokuError):
    """A counter's condition did not hold."""


class CounterTable:
    """Provides ``limits.counters.Counters`` and ``trail.network_bounces.NetworkCounters``."""

    def __init__(self, client: Callable[[], Any], table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def network_asked(self, network: str, now: datetime) -> NetworkDay:
        """One write: the day's item of a network has a counter for each hour."""
        day = self._add(_network(network, now), f"asked_{now:%H}", now + 2 * DAY)
        this = int(day.get(f"asked_{now:%H}", {}).get("N", 0))
        before = int(day.get(f"asked_{now - timedelta(hours=1):%H}", {}).get("N", 0))
        # At midnight the hour before is in yesterday's item and counts for nothing.
        rest = 1 - (now.minute * 60 + now.second) / 3600 if now.hour else 0
        return NetworkDay(
            asked_this_hour=this + before * rest,
            sent=int(day.get("sent", {}).get("N", 0)),
            bounced=int(day.get("bounced", {}).get("N", 0)),
        )

    def network_turn(self, network: str, now: datetime, pace: timedelta) -> datetime | None:
        """The network's next turn: the next time is in the item, moved by a condition."""
        key = {"id": {"S": f"turn#{network}"}}
        new = now + pace
        taken = self._conditionally(
            Key=key,
            UpdateExpression="SET next_free = :new, expires = :expires",
            ConditionExpression="attribute_not_exists(next_free) OR next_free <= :now",
            ExpressionAttributeValues={
                ":new": _seconds(new),
                ":now": _seconds(now),
                ":expires": _seconds(now + DAY),
            },
        )
        if taken:
            return None
        with dynamodb_errors():
            answer = self._client().get_item(TableName=self._table, Key=key, ConsistentRead=True)
        free = int(answer["Item"]["next_free"]["N"])
        return datetime.fromtimestamp(free, now.tzinfo)

    def network_slot(self, network: str, now: datetime, pace: timedelta) -> datetime:
        """The next free second of the lane, moved on by a condition; the loser reads again."""
        key = {"id": {"S": f"lane#{network}"}}
        for _ in range(RACE_TRIES):
            with dynamodb_errors():
                answer = self._client().get_item(
                    TableName=self._table, Key=key, ConsistentRead=True
                )
            seen = int(answer.get("Item", {}).get("next_free", {}).get("N", 0))
            slot = max(now, datetime.fromtimestamp(seen, now.tzinfo))
            free = slot + pace
            if self._conditionally(
                Key=key,
                UpdateExpression="SET next_free = :free, expires = :expires",
                ConditionExpression="attribute_not_exists(next_free) OR next_free = :seen",
                ExpressionAttributeValues={
                    ":free": _seconds(free),
                    ":seen": {"N": str(seen)},
                    ":expires": _seconds(free + DAY),
                },
            ):
                return slot
        raise TryLater(1)

    def once(self, what: str, until: datetime) -> bool:
        """A conditional put: the first one wins."""
        return self._conditionally(
            Key={"id": {"S": f"once#{what}"}},
            UpdateExpression="SET expires = :expires",
            ConditionExpression="attribute_not_exists(id)",
            ExpressionAttributeValues={":expires": _seconds(until + DAY)},
        )

    def code_tried(self, address: str, now: datetime, most: int) -> bool:
        """Over all registrations of an address, by calendar day (UTC)."""
        return self._below(f"codes#{address}#{now:%Y-%m-%d}", now, most)

    def mail_taken(self, now: datetime, most: int) -> bool:
        """By calendar day (UTC), as SES counts its own quota by rolling days: keep below it."""
        return self._below(f"mails#{now:%Y-%m-%d}", now, most)

    def sent(self, network: str, mail: str) -> None:
        """A mail that ``network`` asked for left."""
        self._tell(network, "sent")

    def bounced(self, network: str, mail: str) -> None:
        """A mail that ``network`` asked for came back."""
        self._tell(network, "bounced")

    def _tell(self, network: str, counter: str) -> None:
        now = self._clock()
        self._add(_network(network, now), counter, now + 2 * DAY)

    def _below(self, id: str, now: datetime, most: int) -> bool:
        return self._conditionally(
            Key={"id": {"S": id}},
            UpdateExpression="ADD taken :one SET expires = :expires",
            ConditionExpression="attribute_not_exists(taken) OR taken < :most",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":most": {"N": str(most)},
                ":expires": _seconds(now + 2 * DAY),
            },
        )

    def _add(self, id: str, counter: str, expires: datetime) -> dict[str, Any]:
        with dynamodb_errors():
            answer = self._client().update_item(
                TableName=self._table,
                Key={"id": {"S": id}},
                UpdateExpression="ADD #counter :one SET expires = :expires",
                ExpressionAttributeNames={"#counter": counter},
                ExpressionAttributeValues={":one": {"N": "1"}, ":expires": _seconds(expires)},
                ReturnValues="ALL_NEW",
            )
        attributes: dict[str, Any] = answer["Attributes"]
        return attributes

    def _conditionally(self, **update: Any) -> bool:
        try:
            with dynamodb_errors({"ConditionalCheckFailedException": _ConditionFailed}):
                self._client().update_item(TableName=self._table, **update)
        except _ConditionFailed:
            return False
        return True


def _network(network: str, now: datetime) -> str:
    return f"network#{network}#{now:%Y-%m-%d}"


def _seconds(moment: datetime) -> dict[str, str]:
    return {"N": str(int(moment.timestamp()))}
