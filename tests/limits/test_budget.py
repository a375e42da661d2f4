"""The budget of mails: whose places they are, on which day, in which order."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.errors import OutcomeUnknown, TryLater
from chalicelib.limits.budget import MailBudget, MailPlace, shares
from chalicelib.limits.counters import MAILS, Tally
from chalicelib.limits.network_key import network_key
from tests.in_memory.tables import CountersInMemory

NOON = datetime(2026, 1, 24, 3, tzinfo=UTC)
"""In Japan."""
TODAY, TOMORROW = date(2026, 1, 24), date(2026, 1, 25)
MIDNIGHT = datetime(2026, 1, 24, 15, tzinfo=UTC)


@pytest.fixture
def counters() -> CountersInMemory:
    return CountersInMemory()


@pytest.fixture
def budget(counters: CountersInMemory) -> MailBudget:
    return MailBudget(counters=counters, a_day=1000)


@pytest.mark.parametrize("a_day", [40, 60, 200, 1000, 45_000])
def test_ten_networks_reach_half_of_a_day_at_most(a_day: int) -> None:
    each = shares(a_day)
    assert 10 * each.network + each.heavy <= a_day / 2
    assert each.network >= 2, "a mail and its resend"


def test_a_network_has_its_share_and_then_what_is_for_all_who_need_more(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    places = [budget.take("net", NOON) for _ in range(31)]
    assert [place.heavy for place in places if place] == 30 * [False] + [True]
    assert counters.read(MAILS, TODAY) == Tally(placed=31, heavy=1)
    assert counters.read("network#net", TODAY) == Tally(placed=30, heavy=1)


def test_all_networks_of_a_line_of_ipv6_are_one(budget: MailBudget) -> None:
    keys = [network_key(f"2001:db8:1:{n:x}::1", b"p" * 32) for n in range(40)]
    places = [budget.take(key, NOON) for key in keys]
    assert sum(place.heavy for place in places if place) == 10


def test_beyond_it_a_mail_goes_on_the_next_day_in_the_order_in_which_it_came(
    budget: MailBudget,
) -> None:
    each = shares(1000)
    places = [budget.take("net", NOON) for _ in range(each.network + each.heavy + 3)]
    first, second, third = places[-3:]
    assert first
    assert second
    assert third
    assert first.day == second.day == third.day == TOMORROW
    assert MIDNIGHT < first.leaves_at < second.leaves_at < third.leaves_at
    assert third.leaves_at < MIDNIGHT + timedelta(seconds=1)


def test_the_order_holds_for_as_many_days_as_it_takes(budget: MailBudget) -> None:
    """Beyond the third day it was lost."""
    times = [place.leaves_at for _ in range(1000) if (place := budget.take("net", NOON))]
    assert times == sorted(times)
    assert times[-1] > NOON + timedelta(days=5)


def test_who_asks_for_days_ahead_leaves_the_next_one_half_of_each(budget: MailBudget) -> None:
    """One network had all that is heavy of three days, and a school behind another had nothing."""
    each = shares(1000)
    while place := budget.take("first", NOON):
        last = place
    assert last.day == TODAY + timedelta(days=19)
    places = [place for _ in range(400) if (place := budget.take("school", NOON))]
    for day in (TOMORROW, TOMORROW + timedelta(days=1)):
        assert sum(p.day == day for p in places) == each.network + each.heavy // 4
        assert sum(p.day == day and p.heavy for p in places) == each.heavy // 4


def test_half_of_an_odd_number_is_rounded_up(counters: CountersInMemory) -> None:
    budget = MailBudget(counters=counters, a_day=60)
    heavy = []
    for network in ("first", "second", "third", "fourth", "fifth"):
        places = [budget.take(network, NOON) for _ in range(30)]
        heavy.append(sum(p.day == TOMORROW and p.heavy for p in places if p))
    assert heavy == [5, 3, 1, 1, 0]


def test_without_what_is_heavy_there_is_the_share_of_each_day(budget: MailBudget) -> None:
    places = [budget.take("net", NOON, heavy=False) for _ in range(601)]
    assert places[-1] is None
    assert {place.heavy for place in places if place} == {False}
    assert {place.day for place in places if place} == {TODAY + timedelta(n) for n in range(20)}


def test_a_small_budget_has_nothing_that_is_heavy(counters: CountersInMemory) -> None:
    budget = MailBudget(counters=counters, a_day=10)
    places = [budget.take("net", NOON) for _ in range(4)]
    assert [place.day for place in places if place] == 2 * [TODAY] + 2 * [TOMORROW]
    assert not any(place.heavy for place in places if place)


def test_operators_are_told_of_each_mail_that_is_postponed(
    budget: MailBudget, caplog: pytest.LogCaptureFixture
) -> None:
    """The day is not used up, whose alarms are silent."""
    each = shares(1000)
    for _ in range(each.network + each.heavy):
        budget.take("school", NOON)
    assert caplog.messages == []
    budget.take("school", NOON)
    assert caplog.messages == ["a mail was postponed to 2026-01-25"]
    for ahead in range(20):
        budget.counters.add(MAILS, TODAY + timedelta(ahead), placed=1000)
    budget.take("home", NOON)
    assert caplog.messages[1:] == ["a mail was postponed to 2026-02-13"]


def test_a_place_that_may_have_been_taken_is_of_today_while_there_is_room(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    counters.add(MAILS, TODAY, placed=999)
    place = budget.uncounted(NOON)
    assert place == MailPlace(TODAY, NOON)
    budget.give_back(place)
    assert counters.read(MAILS, TODAY).placed == 999
    counters.add(MAILS, TODAY, placed=1)
    assert budget.uncounted(NOON) is None


def test_what_was_postponed_has_its_place_and_who_comes_later_has_the_rest(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    for n in range(1200):
        budget.take(f"net {n}", NOON)
    assert counters.read(MAILS, TOMORROW).placed == 200
    now = MIDNIGHT + timedelta(seconds=1)
    assert budget.take("new", now) == MailPlace(TOMORROW, now, False, "network#new")


def test_a_day_that_is_full_takes_no_more(budget: MailBudget, counters: CountersInMemory) -> None:
    counters.add(MAILS, TODAY, placed=1000)
    place = budget.take("net", NOON)
    assert place
    assert place.day == TOMORROW
    assert counters.read("network#net", TODAY).placed == 0


def test_where_the_next_days_are_full_there_is_none(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    for ahead in range(19):
        counters.add(MAILS, TODAY + timedelta(days=ahead), placed=1000)
    place = budget.take("net", NOON)
    assert place
    assert place.day == TODAY + timedelta(days=19)
    counters.add(MAILS, TODAY + timedelta(days=19), placed=1000)
    assert budget.take("net", NOON) is None


def test_a_place_that_is_given_back_is_free_again(
    budget: MailBudget, counters: CountersInMemory
) -> None:
    places = [budget.take("net", NOON) for _ in range(260)]
    assert {place.heavy for place in places if place} == {False, True}
    for place in places:
        assert place
        budget.give_back(place)
    assert set(counters.tallies.values()) == {Tally()}


@pytest.mark.parametrize("busy", [MAILS, "network#net"])
def test_a_place_that_a_busy_counter_refused_leaves_nothing_behind(
    budget: MailBudget, counters: CountersInMemory, monkeypatch: pytest.MonkeyPatch, busy: str
) -> None:
    take = counters.take

    def refused(holder: str, day: date | None, **most: int) -> Tally | None:
        if holder == busy:
            raise TryLater()
        return take(holder, day, **most)

    monkeypatch.setattr(counters, "take", refused)
    for _ in range(8):
        with pytest.raises(TryLater):
            budget.take("net", NOON)
    assert counters.read(MAILS, TODAY) == counters.read("network#net", TODAY) == Tally()


def test_a_share_of_a_full_day_that_cannot_be_given_back_keeps_no_mail_from_the_next(
    budget: MailBudget, counters: CountersInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = counters.add

    def busy(holder: str, day: date | None, **counts: int) -> Tally:
        if -1 in counts.values():
            raise TryLater()
        return add(holder, day, **counts)

    counters.tallies[MAILS, TODAY] = Tally(placed=1000)
    monkeypatch.setattr(counters, "add", busy)
    place = budget.take("net", NOON)
    assert place
    assert place.day == TOMORROW


@pytest.mark.parametrize("lost", [MAILS, "network#net"])
def test_a_place_whose_answer_was_lost_is_taken(
    budget: MailBudget, counters: CountersInMemory, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    take = counters.take

    def answer_lost(holder: str, day: date | None, **most: int) -> Tally | None:
        taken = take(holder, day, **most)
        if holder == lost:
            raise OutcomeUnknown("ReadTimeoutError")
        return taken

    monkeypatch.setattr(counters, "take", answer_lost)
    assert budget.take("net", NOON) == MailPlace(TODAY, NOON, False, "network#net")
    assert counters.read(MAILS, TODAY) == counters.read("network#net", TODAY) == Tally(placed=1)


@pytest.mark.parametrize(
    ("placed", "told"),
    [(499, []), (500, [50]), (799, [50]), (800, [50, 80]), (1000, [50, 80, 100])],
)
def test_operators_are_told_for_as_long_as_so_much_is_taken(
    budget: MailBudget,
    counters: CountersInMemory,
    caplog: pytest.LogCaptureFixture,
    placed: int,
    told: list[int],
) -> None:
    counters.add(MAILS, TODAY, placed=placed)
    budget.tell(NOON)
    lines = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert lines == [f"mail budget of 2026-01-24: {n} per cent taken" for n in told]
