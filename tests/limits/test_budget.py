"""The budget of mails: whose places they are, on which day, in which order."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.limits.budget import MailBudget, shares
from chalicelib.limits.counters import MAILS, Tally
from chalicelib.limits.domain_key import is_commanded
from tests.in_memory.tables import CountersInMemory

NOON = datetime(2026, 1, 24, 3, tzinfo=UTC)
"""In Japan."""
TODAY, TOMORROW = date(2026, 1, 24), date(2026, 1, 25)
MIDNIGHT = datetime(2026, 1, 24, 15, tzinfo=UTC)
SCHOOL = "school"
PROVIDER = "~provider"


@pytest.fixture
def counters() -> CountersInMemory:
    return CountersInMemory()


@pytest.fixture
def budget(counters: CountersInMemory) -> MailBudget:
    return MailBudget(counters=counters, a_day=1000)


@pytest.mark.parametrize("a_day", [26, 60, 200, 1000, 45_000])
def test_ten_networks_and_three_domains_reach_half_of_a_day_at_most(a_day: int) -> None:
    each = shares(a_day)
    assert 10 * each.network + 3 * each.domain + each.heavy <= a_day / 2


def test_a_network_has_its_share_and_then_what_is_for_all_who_need_more(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    places = [budget.take("net", PROVIDER, NOON) for _ in range(11)]
    assert [bool(place.shares) for place in places if place] == 10 * [True] + [False]
    assert counters.read(MAILS, TODAY) == Tally(placed=11, heavy=1)
    assert counters.read("network#net", TODAY) == Tally(placed=10)


def test_a_domain_has_its_share_over_all_networks(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    assert is_commanded(SCHOOL)
    places = [budget.take(f"net {n % 20}", SCHOOL, NOON) for n in range(40)]
    assert all(place and place.shares[1] == f"domain#{SCHOOL}" for place in places)
    # Beyond it, one for each network, and then none that is light.
    beyond = [budget.take("home", SCHOOL, NOON) for _ in range(2)]
    assert [place.shares for place in beyond if place] == [
        ("network#home", f"pair#home#{SCHOOL}"),
        (),
    ]
    assert counters.read("network#home", TODAY).placed == 1


def test_beyond_it_a_mail_goes_on_the_next_day_in_the_order_in_which_it_came(
    budget: MailBudget,
) -> None:
    each = shares(1000)
    places = [budget.take("net", PROVIDER, NOON) for _ in range(each.network + each.heavy + 3)]
    first, second, third = places[-3:]
    assert first
    assert second
    assert third
    assert first.day == second.day == third.day == TOMORROW
    assert MIDNIGHT < first.leaves_at < second.leaves_at < third.leaves_at
    assert third.leaves_at < MIDNIGHT + timedelta(seconds=1)


def test_what_was_postponed_goes_first_and_who_comes_later_has_the_rest(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    for n in range(1200):
        budget.take(f"net {n}", PROVIDER, NOON)
    assert counters.read(MAILS, TOMORROW).placed == 200
    place = budget.take("new", PROVIDER, MIDNIGHT + timedelta(seconds=1))
    assert place == budget.usual("new", PROVIDER, MIDNIGHT + timedelta(seconds=1))
    assert place.day == TOMORROW


def test_a_day_that_is_full_takes_no_more(budget: MailBudget, counters: CountersInMemory) -> None:
    counters.add(MAILS, TODAY, placed=1000)
    place = budget.take("net", SCHOOL, NOON)
    assert place
    assert place.day == TOMORROW
    assert counters.read("network#net", TODAY).placed == 0
    assert counters.read(f"domain#{SCHOOL}", TODAY).placed == 0


def test_where_the_next_days_are_full_there_is_none(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    for ahead in range(7):
        counters.add(MAILS, TODAY + timedelta(days=ahead), placed=1000)
    assert budget.take("net", SCHOOL, NOON) is None


def test_a_place_that_is_given_back_is_free_again(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    before = dict(counters.tallies)
    places = [budget.take(f"net {n // 12}", SCHOOL, NOON) for n in range(60)]
    for place in places:
        assert place
        budget.give_back(place)
    assert before == {}
    assert set(counters.tallies.values()) == {Tally()}


def test_operators_are_told_at_50_80_and_100_per_cent_once(
    budget: MailBudget, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(1000):
        budget.take(f"net {n}", PROVIDER, NOON)
    told = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert told == [f"mail budget of 2026-01-24: {n} per cent taken" for n in (50, 80, 100)]
