from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.clock import DAY, HOUR, MINUTE
from chalicelib.limits.code_attempts import codes_left, next_code

NOW = datetime(2026, 1, 24, 1, 0, tzinfo=UTC)


def wrong(count: int, step: timedelta = timedelta(0)) -> list[datetime]:
    return [NOW + n * step for n in range(count)]


@pytest.mark.parametrize(
    ("count", "wait"), [(0, 0), (4, 0), (5, 1), (6, 5), (7, 15), (8, 15), (14, 15), (15, 60)]
)
def test_wrong_codes_make_the_next_one_wait(count: int, wait: int) -> None:
    assert (next_code(wrong(count), NOW) - NOW) / MINUTE == wait


def test_fifteen_an_hour_and_not_sixteen() -> None:
    tried = wrong(15, timedelta(minutes=3))
    assert next_code(tried, tried[-1]) == NOW + HOUR


@pytest.mark.parametrize(("count", "left"), [(0, 5), (1, 4), (4, 1)])
def test_five_codes_before_the_first_wait(count: int, left: int) -> None:
    assert codes_left(wrong(count), NOW) == left


def test_none_while_waiting_and_one_after_each_wait() -> None:
    assert codes_left(wrong(5), NOW) == 0
    assert codes_left(wrong(5), NOW + MINUTE) == 1


def test_wrong_codes_are_forgotten_after_a_day() -> None:
    assert codes_left(wrong(9), NOW + DAY) == 5
