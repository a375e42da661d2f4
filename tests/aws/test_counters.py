"""Counters that many processes share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from chalicelib.aws.counters import CounterTable
from chalicelib.errors import TryLater
from local.account import STACK
from tests.crash.cloud import Cloud

NOON = datetime(2026, 1, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Scan = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def now() -> list[datetime]:
    return [NOON]


@pytest.fixture
def counters(there: Cloud, now: list[datetime]) -> CounterTable:
    return CounterTable(lambda: there.client("dynamodb"), f"{STACK}-counters", lambda: now[-1])


def asked(counters: CounterTable, at: datetime, times: int = 1, network: str = "net") -> float:
    for _ in range(times - 1):
        counters.network_asked(network, at)
    return counters.network_asked(network, at).asked_this_hour


def test_a_networks_registrations_are_counted_each_by_itself(counters: CounterTable) -> None:
    assert [asked(counters, NOON) for _ in range(3)] == [1, 2, 3]
    assert asked(counters, NOON, network="other") == 1


def test_the_hour_before_counts_by_what_is_left_of_it(counters: CounterTable) -> None:
    asked(counters, NOON - MINUTE, times=10)
    assert asked(counters, NOON) == 1 + 10
    assert asked(counters, NOON + 15 * MINUTE) == 2 + 10 * 0.75
    assert asked(counters, NOON + 45 * MINUTE + timedelta(seconds=36)) == pytest.approx(3 + 2.4)
    assert asked(counters, NOON + HOUR) == 1 + 3
    assert asked(counters, NOON + 3 * HOUR) == 1


def test_at_midnight_counting_begins_anew(counters: CounterTable, items: Scan) -> None:
    midnight = NOON + 12 * HOUR
    asked(counters, midnight - MINUTE, times=10)
    assert asked(counters, midnight) == 1
    assert asked(counters, midnight + HOUR) == 1 + 1
    assert [item["id"]["S"] for item in items("counters")] == [
        "network#net#2026-01-24",
        "network#net#2026-01-25",
    ]


def test_the_same_hour_of_another_day_does_not_count(counters: CounterTable) -> None:
    asked(counters, NOON, times=5)
    assert asked(counters, NOON + DAY) == 1


def test_a_networks_mails_and_bounces_are_the_days(
    counters: CounterTable, now: list[datetime]
) -> None:
    for _ in range(3):
        counters.sent("net", "mail")
    counters.bounced("net", "mail")
    counters.bounced("other", "mail")
    day = counters.network_asked("net", NOON)
    assert (day.sent, day.bounced) == (3, 1)
    now.append(NOON + DAY)
    counters.sent("net", "mail")
    day = counters.network_asked("net", NOON + DAY)
    assert (day.sent, day.bounced) == (1, 0)


def test_a_networks_day_is_kept_for_two(counters: CounterTable, items: Scan) -> None:
    counters.sent("net", "mail")
    (item,) = items("counters")
    assert item["expires"] == {"N": str(int((NOON + 2 * DAY).timestamp()))}


def test_a_turn_comes_once_a_minute(counters: CounterTable) -> None:
    assert counters.network_turn("net", NOON, MINUTE) is None
    assert counters.network_turn("net", NOON + timedelta(seconds=59), MINUTE) == NOON + MINUTE
    assert counters.network_turn("other", NOON, MINUTE) is None
    assert counters.network_turn("net", NOON + MINUTE, MINUTE) is None
    assert counters.network_turn("net", NOON + MINUTE, MINUTE) == NOON + 2 * MINUTE


def test_who_is_told_to_wait_pushes_nobody_back(counters: CounterTable) -> None:
    counters.network_turn("net", NOON, MINUTE)
    waits = [
        counters.network_turn("net", NOON + timedelta(seconds=s), MINUTE) for s in (10, 20, 30)
    ]
    assert waits == [NOON + MINUTE] * 3


def test_once_is_for_the_first_alone_and_remembered_a_day_longer(
    counters: CounterTable, items: Scan
) -> None:
    assert counters.once("altcha#1", NOON + MINUTE)
    assert not counters.once("altcha#1", NOON + HOUR)
    assert counters.once("altcha#2", NOON + MINUTE)
    assert items("counters")[0]["expires"] == {"N": str(int((NOON + MINUTE + DAY).timestamp()))}


@pytest.mark.parametrize("counter", ["code_tried", "mail_taken"])
def test_a_budget_is_granted_to_the_last_one_and_no_further(
    counters: CounterTable, counter: str, items: Scan
) -> None:
    def take(at: datetime = NOON) -> bool:
        if counter == "code_tried":
            return counters.code_tried("address", at, 3)
        return counters.mail_taken(at, 3)

    assert [take() for _ in range(5)] == [True, True, True, False, False]
    (item,) = items("counters")
    assert item["taken"] == {"N": "3"}
    assert item["expires"] == {"N": str(int((NOON + 2 * DAY).timestamp()))}
    # The day ends at midnight, not 24 hours later.
    assert not take(NOON + 12 * HOUR - timedelta(seconds=1))
    assert take(NOON + 12 * HOUR)


def test_each_address_has_its_own_codes(counters: CounterTable) -> None:
    assert counters.code_tried("one", NOON, 1)
    assert not counters.code_tried("one", NOON, 1)
    assert counters.code_tried("two", NOON, 1)


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalServerError", "TransactionConflictException"]
)
def test_a_busy_table_is_for_later_and_never_a_refusal(
    counters: CounterTable, dynamodb: Any, code: str
) -> None:
    for work in (
        lambda: counters.network_asked("net", NOON),
        lambda: counters.network_turn("net", NOON, MINUTE),
        lambda: counters.once("x", NOON),
        lambda: counters.code_tried("address", NOON, 1),
        lambda: counters.mail_taken(NOON, 1),
        lambda: counters.sent("net", "mail"),
    ):
        with Stubber(dynamodb) as stub:
            stub.add_client_error("update_item", code, http_status_code=500)
            with pytest.raises(TryLater):
                work()


def test_places_in_the_slow_lane_follow_each_other(counters: CounterTable) -> None:
    pace = timedelta(seconds=5)
    slots = [counters.network_slot("net", NOON, pace) for _ in range(3)]
    assert slots == [NOON, NOON + pace, NOON + 2 * pace]
    assert counters.network_slot("net", NOON + MINUTE, pace) == NOON + MINUTE
    assert counters.network_slot("other", NOON, pace) == NOON
