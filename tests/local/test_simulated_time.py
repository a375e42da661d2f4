"""Simulated clock, scheduler and executors: time passes on demand, and in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from local.simulated_time import (
    ImmediateExecutor,
    QueuedExecutor,
    SimulatedClock,
    SimulatedScheduler,
)

START = datetime(2026, 1, 24, 0, 30, tzinfo=UTC)
Note = Callable[[str], Callable[[], None]]


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def scheduler(clock: SimulatedClock) -> SimulatedScheduler:
    return SimulatedScheduler(clock)


@pytest.fixture
def seen() -> list[tuple[str, float]]:
    """What was run, and how many seconds after the start."""
    return []


@pytest.fixture
def note(clock: SimulatedClock, seen: list[tuple[str, float]]) -> Note:
    """Actions that write down when they are run."""
    return lambda name: lambda: seen.append((name, (clock() - START).total_seconds()))


def test_the_clock_stands_still_until_it_is_put_forward(clock: SimulatedClock) -> None:
    assert clock() == clock() == START
    clock.put_forward(90)
    assert clock() == START + timedelta(seconds=90)
    assert clock.offset == 90


def test_with_a_tick_no_two_moments_are_the_same() -> None:
    clock = SimulatedClock(START, tick=0.5)
    assert [clock() - START for _ in range(2)] == [timedelta(seconds=s) for s in (0.5, 1)]
    assert clock.peek() == clock.peek()
    assert clock.offset == 0


def test_a_clock_that_is_put_back_takes_no_elapsed_time_back(clock: SimulatedClock) -> None:
    clock.set_offset(100)
    before = clock.elapsed()
    clock.set_offset(40)
    assert clock() == START + timedelta(seconds=40)
    assert clock.elapsed() == before


def test_actions_run_in_order_of_time_each_at_its_own(
    clock: SimulatedClock,
    scheduler: SimulatedScheduler,
    note: Note,
    seen: list[tuple[str, float]],
) -> None:
    for name, seconds in (("late", 30), ("early", 10), ("at the end", 60), ("after it", 61)):
        scheduler.call_later(seconds, note(name))
    assert scheduler.advance(20) == 1
    assert clock() == START + timedelta(seconds=20)
    assert scheduler.advance(40) == 2
    assert seen == [("early", 10), ("late", 30), ("at the end", 60)]
    scheduler.advance(1)
    assert seen[-1] == ("after it", 61)


def test_of_the_same_time_the_first_entered_runs_first(
    scheduler: SimulatedScheduler, note: Note, seen: list[tuple[str, float]]
) -> None:
    for name in ("first", "second", "third"):
        scheduler.call_later(5, note(name))
    scheduler.advance(5)
    assert [name for name, _ in seen] == ["first", "second", "third"]


def test_what_an_action_schedules_runs_on_the_same_way(
    scheduler: SimulatedScheduler, note: Note, seen: list[tuple[str, float]]
) -> None:
    def again() -> None:
        note("again")()
        scheduler.call_later(20, again)

    scheduler.call_later(20, again)
    scheduler.call_later(50, note("between"))
    scheduler.advance(70)
    assert seen == [("again", 20), ("again", 40), ("between", 50), ("again", 60)]


def test_without_an_advance_only_what_is_due_runs(
    clock: SimulatedClock,
    scheduler: SimulatedScheduler,
    note: Note,
    seen: list[tuple[str, float]],
) -> None:
    scheduler.call_later(0, note("now"))
    scheduler.call_later(10, note("later"))
    assert scheduler.run_due() == 1
    clock.put_forward(25)
    assert scheduler.run_due() == 1
    assert seen == [("now", 0), ("later", 25)]
    assert scheduler.run_due() == 0


def test_what_is_cleared_never_runs(
    scheduler: SimulatedScheduler, note: Note, seen: list[tuple[str, float]]
) -> None:
    scheduler.call_later(1, note("gone"))
    scheduler.clear()
    assert scheduler.advance(2) == 0
    assert seen == []


def test_an_error_of_an_action_comes_through_and_the_others_still_run(
    scheduler: SimulatedScheduler, note: Note, seen: list[tuple[str, float]]
) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    scheduler.call_later(1, fail)
    scheduler.call_later(2, note("the other"))
    with pytest.raises(RuntimeError, match="no"):
        scheduler.advance(10)
    scheduler.advance(9)
    assert seen == [("the other", 2)]


def test_a_task_is_done_on_the_spot_or_when_it_is_wanted(
    note: Note, seen: list[tuple[str, float]]
) -> None:
    queued = QueuedExecutor()
    queued.submit(note("second"))
    queued.submit(lambda: queued.submit(note("fourth")))
    queued.submit(note("third"))
    ImmediateExecutor().submit(note("first"))
    assert [name for name, _ in seen] == ["first"]
    assert queued.run_pending() == 4
    assert [name for name, _ in seen] == ["first", "second", "third", "fourth"]
    assert queued.run_pending() == 0
