"""Counters that many processes share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from chalicelib.aws.counters import CounterTable
from chalicelib.errors import OutcomeUnknown, TryLater
from chalicelib.limits.counters import Tally
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


TODAY = date(2026, 1, 24)


def test_counters_add_up_each_holder_by_itself_and_each_day_anew(counters: CounterTable) -> None:
    assert [counters.add("network#a", TODAY, asked=1).asked for _ in range(3)] == [1, 2, 3]
    assert counters.add("network#a", TODAY, confirmed=2, bounced=1) == Tally(
        asked=3, confirmed=2, bounced=1
    )
    assert counters.add("network#b", TODAY, asked=1) == Tally(asked=1)
    assert counters.add("network#a", TODAY + DAY, asked=1) == Tally(asked=1)
    assert counters.add("network#a", TODAY, asked=-1).asked == 2


def test_counters_are_read_as_they_stand(counters: CounterTable) -> None:
    assert counters.read("network#a", TODAY) == Tally()
    counters.add("network#a", TODAY, asked=4)
    assert counters.read("network#a", TODAY) == Tally(asked=4)


def test_a_days_counters_are_kept_until_two_days_after_it(
    counters: CounterTable, items: Scan
) -> None:
    counters.add("network#a", TODAY, asked=1)
    (item,) = items("counters")
    assert item["id"] == {"S": "network#a#2026-01-24"}
    begins = datetime(2026, 1, 23, 15, tzinfo=UTC)
    assert item["expires"] == {"N": str(int((begins + 3 * DAY).timestamp()))}


def test_counters_without_a_day_go_on_for_a_season(
    counters: CounterTable, now: list[datetime], items: Scan
) -> None:
    counters.add("codes#a", None, tried=1)
    now.append(NOON + 80 * DAY)
    assert counters.add("codes#a", None, tried=1) == Tally(tried=2)
    (item,) = items("counters")
    assert item["expires"] == {"N": str(int((NOON + 170 * DAY).timestamp()))}


def test_what_an_earlier_release_counted_is_no_obstacle(
    counters: CounterTable, dynamodb: Any
) -> None:
    old = {"id": {"S": "network#a#2026-01-24"}, "asked_09": {"N": "7"}, "sent": {"N": "2"}}
    dynamodb.put_item(TableName=f"{STACK}-counters", Item=old)
    assert counters.add("network#a", TODAY, asked=1) == Tally(asked=1, sent=2)


def test_once_is_for_the_first_alone_and_remembered_a_day_longer(
    counters: CounterTable, items: Scan
) -> None:
    assert counters.once("altcha#1", NOON + MINUTE)
    assert not counters.once("altcha#1", NOON + HOUR)
    assert counters.once("altcha#2", NOON + MINUTE)
    assert items("counters")[0]["expires"] == {"N": str(int((NOON + MINUTE + DAY).timestamp()))}


def test_what_is_limited_is_taken_to_the_last_one_and_no_further(counters: CounterTable) -> None:
    taken = [counters.take("mails", TODAY, placed=3) for _ in range(5)]
    assert taken == [Tally(placed=1), Tally(placed=2), Tally(placed=3), None, None]
    assert counters.take("mails", TODAY + DAY, placed=3) == Tally(placed=1)


def test_of_two_limits_both_must_have_room_or_neither_is_taken(counters: CounterTable) -> None:
    assert counters.take("mails", TODAY, placed=9, heavy=0) is None
    counters.take("mails", TODAY, placed=9, heavy=1)
    assert counters.take("mails", TODAY, placed=9, heavy=1) is None
    assert counters.read("mails", TODAY) == Tally(placed=1, heavy=1)
    assert counters.take("mails", TODAY, placed=9, heavy=2) == Tally(placed=2, heavy=2)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("InternalServerError", 500),
        ("TransactionConflictException", 400),
    ],
)
def test_a_busy_table_is_for_later_and_never_a_refusal(
    counters: CounterTable, dynamodb: Any, code: str, status: int
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: counters.add("network#a", TODAY, asked=1),
        lambda: counters.take("mails", TODAY, placed=1),
        lambda: counters.once("x", NOON),
    ]
    for work in calls:
        with Stubber(dynamodb) as stub:
            stub.add_client_error("update_item", code, http_status_code=status)
            with pytest.raises(TryLater):
                work()


def test_a_lost_answer_to_what_is_limited_is_told_from_a_call_that_was_not_made(
    counters: CounterTable, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://aws.example")

    monkeypatch.setattr(dynamodb, "update_item", lost)
    with pytest.raises(OutcomeUnknown):
        counters.take("mails", TODAY, placed=1)
    with pytest.raises(TryLater):
        counters.add("mails", TODAY, placed=1)


def test_places_in_a_slow_lane_follow_each_other(counters: CounterTable) -> None:
    pace = timedelta(seconds=5)

    def slot(lane: str = "net", at: datetime = NOON) -> datetime:
        return counters.lane_slot(lane, at, lambda slot: slot + pace)

    assert [slot() for _ in range(3)] == [NOON, NOON + pace, NOON + 2 * pace]
    assert slot(at=NOON + MINUTE) == NOON + MINUTE
    assert slot("other") == NOON
