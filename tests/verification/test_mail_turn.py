"""Places in the budget of the days for mails: one for each, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.clock import DAY, MINUTE, japan_day
from chalicelib.errors import TryLater
from chalicelib.limits import counters as holders
from chalicelib.limits.budget import MailBudget, shares
from chalicelib.limits.counters import MAILS
from chalicelib.limits.network import Visitor
from chalicelib.limits.network_key import network_key
from chalicelib.verification import transitions
from chalicelib.verification.mail_turn import MailTurn
from chalicelib.verification.model import AttemptState
from tests.in_memory.tables import Table
from tests.in_memory.world import PEPPER, World

HOME = holders.network(network_key("192.0.2.1", PEPPER))


@pytest.fixture
def world() -> World:
    return World(100)


def use_up(world: World) -> None:
    world.counters.add(MAILS, japan_day(world.now), placed=100)


def whole_days(world: World, days: int) -> None:
    for _ in range(days * 24 * 6):
        world.sweep()
        world.wait(minutes=10)


def fail_after_taking(monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    """The write that would note the place."""

    def failing(*args: object) -> None:
        raise error

    monkeypatch.setattr(MailTurn, "_note", failing)


@pytest.mark.parametrize("error", [TryLater, KeyboardInterrupt])
def test_a_mail_whose_place_was_not_noted_does_not_leave_on_a_day_that_is_used_up(
    world: World, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """Its place was of tomorrow, and it left at once."""
    token = world.ask()
    use_up(world)
    job = world.queue.waiting.pop()[1]
    with monkeypatch.context() as while_failing, suppress(KeyboardInterrupt):
        fail_after_taking(while_failing, error)
        world.work(job)
    world.queue.put(job, world.now)
    world.wait(minutes=30)
    assert (world.mails, world.placed) == ([], 100)
    tomorrow = japan_day(world.now) + DAY
    assert japan_day(world.view(token).expected_at or world.now) == tomorrow
    assert world.counters.read(MAILS, tomorrow).placed == 1
    whole_days(world, 1)
    assert len(world.mails) == 1
    # The one that nobody lived to note, and the one that it left by.
    assert world.counters.read(MAILS, tomorrow).placed == 2


def test_a_mail_whose_place_was_not_noted_has_another_where_many_days_are_used_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told the next midnight, each day, and was forgotten without a mail."""
    token = world.ask()
    for ahead in range(4):
        world.counters.add(MAILS, japan_day(world.now) + ahead * DAY, placed=100)
    with monkeypatch.context() as while_failing, suppress(KeyboardInterrupt):
        fail_after_taking(while_failing, KeyboardInterrupt)
        world.run()
    world.now += 10 * MINUTE
    whole_days(world, 2)
    expected = world.view(token).expected_at
    assert expected
    assert expected - world.now < 3 * DAY
    whole_days(world, 3)
    assert len(world.mails) == 1


def test_a_counter_that_is_busy_once_a_place_may_be_taken_takes_no_second_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ask()
    job = world.queue.waiting.pop()[1]
    with monkeypatch.context() as while_failing, suppress(KeyboardInterrupt):
        fail_after_taking(while_failing, KeyboardInterrupt)
        world.work(job)
    world.now += 2 * MINUTE
    with monkeypatch.context() as while_busy:
        while_busy.setattr(world.counters, "error", TryLater())
        world.work(job)
    world.wait(minutes=10)
    assert (len(world.mails), world.placed) == (1, 1)


def test_writes_that_fail_all_day_take_one_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ask()
    with monkeypatch.context() as while_failing:
        fail_after_taking(while_failing, TryLater)
        world.wait(hours=1)
    assert (world.placed, world.mails) == (1, [])
    world.wait(minutes=10)
    assert (world.placed, len(world.mails)) == (1, 1)


def before_taking(world: World, monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Something happens while a worker is taking the next place."""
    take, left = MailBudget.take, [do]

    def delayed(*args: Any, **options: Any) -> Any:
        while left:
            left.pop()()
        return take(*args, **options)

    monkeypatch.setattr(MailBudget, "take", delayed)


def use_up_the_networks(world: World) -> None:
    """The day has room, though not for this network."""
    day, each = japan_day(world.now), shares(100)
    world.counters.add(HOME, day, placed=each.network)
    world.counters.add(MAILS, day, placed=each.network + each.heavy, heavy=each.heavy)


@pytest.mark.parametrize("used_up", [use_up, use_up_the_networks])
def test_a_job_that_comes_twice_at_once_does_not_leave_before_its_place(
    world: World, monkeypatch: pytest.MonkeyPatch, used_up: Callable[[World], None]
) -> None:
    """The second one took for noted what the first was still to be told: that it is tomorrow."""
    token = world.ask()
    used_up(world)
    job = world.queue.waiting.pop()[1]
    before_taking(world, monkeypatch, lambda: world.work(job))
    world.work(job)
    world.wait(minutes=10)
    assert world.mails == []
    assert world.view(token).state == "queued"
    assert world.counters.read(MAILS, japan_day(world.now) + DAY).placed == 1


def test_a_place_stays_used_where_the_answer_to_its_note_is_lost_and_the_record_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write was made, somebody else wrote, and only then was the record read once more."""
    world.ask()
    change, lost = Table.change, []

    def answer_is_lost(table: Table, reference: str, decide: Any) -> Any:
        before = table.find(reference)
        after = change(table, reference, decide)
        if after and before and after.attempt.placed > before.registration.attempt.placed:
            lost.append(change(table, reference, lambda r: transitions.with_locale(r, "en")))
            return change(table, reference, decide)
        return after

    monkeypatch.setattr(Table, "change", answer_is_lost)
    world.wait(minutes=2)
    assert (len(lost), world.placed, len(world.mails)) == (1, 1, 1)


def test_a_counter_that_was_busy_is_asked_again_and_its_mail_counted(world: World) -> None:
    world.ask()
    world.counters.error = TryLater()
    world.run()
    world.counters.error = None
    world.wait(minutes=5)
    assert (world.placed, len(world.mails)) == (1, 1)


@pytest.mark.parametrize("days_that_are_used_up", [1, 20])
def test_who_proves_the_address_while_a_place_is_taken_waits_for_no_mail(
    world: World, monkeypatch: pytest.MonkeyPatch, days_that_are_used_up: int
) -> None:
    token = world.ask()
    world.wait(minutes=2)
    for ahead in range(days_that_are_used_up):
        world.counters.add(MAILS, japan_day(world.now) + ahead * DAY, placed=100)
    world.send_again(token)
    before_taking(world, monkeypatch, lambda: world.verify(token, world.code(token)))
    world.run()
    attempt = world.lookup.registration(token).attempt
    assert (attempt.state, attempt.expected_at) == (AttemptState.VERIFIED, None)


def test_a_place_is_given_back_once(world: World) -> None:
    world.pool.refuse = True
    token = world.ask()
    world.run()
    assert world.placed == 0
    world.cancel(token)
    world.wait(minutes=5)
    assert world.placed == 0


def test_a_place_of_tomorrow_is_given_back_by_who_corrects_the_address(world: World) -> None:
    token = world.ask()
    use_up_the_networks(world)
    world.run()
    world.correct(token, "another@example.ed.jp", client="198.51.100.1")
    world.wait(minutes=5)
    tomorrow = japan_day(world.now) + DAY
    assert world.counters.read(HOME, tomorrow).placed == 0
    assert world.counters.read(MAILS, tomorrow).placed == 0


def test_a_place_is_used_where_the_worker_died_after_the_sign_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code came all the same."""
    token = world.ask()
    sign_up = world.pool.sign_up

    def killed(reference: str, email: str) -> None:
        sign_up(reference, email)
        raise KeyboardInterrupt

    monkeypatch.setattr(world.pool, "sign_up", killed)
    with pytest.raises(KeyboardInterrupt):
        world.run()
    world.deliver()
    world.verify(token, world.code(token))
    assert world.placed == 1


def test_a_job_that_comes_again_once_its_place_is_noted_waits_for_it(world: World) -> None:
    token = world.ask()
    use_up(world)
    world.run()
    registration = world.lookup.registration(token)
    again = world.services.verification.sign_up.turn.take(registration.current, world.now)
    assert again == registration.attempt.expected_at


@pytest.mark.parametrize("day_is_used_up", [False, True])
def test_a_place_that_was_taken_while_its_registration_was_cancelled_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch, day_is_used_up: bool
) -> None:
    """To the share that it is of."""
    token = world.ask()
    if day_is_used_up:
        use_up(world)
    before_taking(world, monkeypatch, lambda: world.cancel(token))
    world.wait(minutes=5)
    assert world.placed == 100 * day_is_used_up
    for ahead in range(2):
        tally = world.counters.read(HOME, japan_day(world.now) + ahead * DAY)
        assert (tally.placed, tally.heavy) == (0, 0)


def test_a_worker_who_comes_to_late_with_a_place_gives_it_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one has sent the mail meanwhile: it does not wait for tomorrow any more."""
    token = world.ask()
    job = world.queue.waiting.pop()[1]

    def two_minutes_later() -> None:
        world.now += 2 * MINUTE
        world.work(job)
        world.deliver()
        use_up(world)

    before_taking(world, monkeypatch, two_minutes_later)
    world.work(job)
    assert (world.placed, len(world.mails)) == (100, 1)
    assert world.counters.read(MAILS, japan_day(world.now) + DAY).placed == 0
    assert world.view(token).expected_at is None


def test_who_cancels_between_the_sign_up_and_its_code_has_used_a_place() -> None:
    """It was given back, and with it sign-ups were without end: each makes a user, and a mail."""
    world = World(40)
    for n in range(15):
        token = world.ask(f"x{n}@gmail.com", client="198.51.100.1")
        world.work(world.queue.waiting.pop()[1])
        world.cancel(token)
        world.wait(minutes=4)
    assert world.pool.calls.count("sign_up") == world.placed == shares(40).network


def test_who_left_the_work_out_has_the_networks_share_and_nothing_of_what_is_for_all() -> None:
    world = World(1000)
    for n in range(60):
        world.ask(f"x{n}@gmail.com", can_solve=False)
    world.wait(minutes=45)
    assert world.counters.read(MAILS, japan_day(world.now)).heavy == 0
    for ahead, placed in enumerate([30, 30, 0]):
        tally = world.counters.read(HOME, japan_day(world.now) + ahead * DAY)
        assert (tally.placed, tally.heavy) == (placed, 0)


def test_who_corrects_an_address_and_leaves_the_work_out_has_no_more(world: World) -> None:
    token = world.ask("mine@gmail.com", client="198.51.100.1")
    for n in range(25):
        world.ask(f"x{n}@gmail.com", can_solve=False)
    assert not world.lookup.registration(token).attempt.unworked
    corrected = world.services.registration.correct(
        world.cookie(token),
        "taro@gmail.com",
        as_typed=False,
        visitor=Visitor("192.0.2.1", None, False),
    )
    assert corrected.registration.attempt.unworked
