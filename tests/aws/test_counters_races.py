"""Who loses a race for a place in a slow lane waits a moment, and is never refused for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws.counters import CounterTable
from chalicelib.errors import RACE_TRIES
from local.account import STACK
from tests.crash.cloud import Cloud

NOON = datetime(2026, 1, 24, 12, tzinfo=UTC)
PACE = timedelta(seconds=5)


def paced(slot: datetime) -> datetime:
    return slot + PACE


class Overtaken:
    """A client of DynamoDB where another request takes a place just before each write."""

    def __init__(self, client: Any, others: Callable[[], object], times: int) -> None:
        self._client = client
        self._others = others
        self.times = times

    def get_item(self, **call: Any) -> Any:
        return self._client.get_item(**call)

    def update_item(self, **call: Any) -> Any:
        if self.times:
            self.times -= 1
            self._others()
        return self._client.update_item(**call)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it was waited for whoever was faster, in seconds."""
    slept: list[float] = []
    monkeypatch.setattr("chalicelib.aws.versioned_table.time.sleep", slept.append)
    return slept


def lane_where(there: Cloud, times: int) -> tuple[CounterTable, CounterTable]:
    """Counters that others overtake so many times, and those of the others."""
    client, table = there.client("dynamodb"), f"{STACK}-counters"
    others = CounterTable(lambda: client, table, lambda: NOON)
    overtaken = Overtaken(client, lambda: others.lane_slot("net", NOON, paced), times)
    return CounterTable(lambda: overtaken, table, lambda: NOON), others


def test_who_loses_a_place_waits_a_moment_which_is_nobody_elses(
    there: Cloud, pauses: list[float]
) -> None:
    mine, _ = lane_where(there, RACE_TRIES - 1)
    assert mine.lane_slot("net", NOON, paced) == NOON + (RACE_TRIES - 1) * PACE
    assert len(set(pauses)) == RACE_TRIES - 1
    assert 0 <= min(pauses) < max(pauses) <= 0.05


def test_who_loses_each_time_shares_the_place_seen_last(there: Cloud, pauses: list[float]) -> None:
    """And takes none from whoever comes then."""
    mine, others = lane_where(there, RACE_TRIES)
    assert mine.lane_slot("net", NOON, paced) == NOON + (RACE_TRIES - 1) * PACE
    assert others.lane_slot("net", NOON, paced) == NOON + RACE_TRIES * PACE
