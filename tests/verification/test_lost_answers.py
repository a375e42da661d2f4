"""A code whose answer was lost: it alone is believed when it comes again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import (
    CodeMismatch,
    Conflict,
    NoRegistration,
    TodokuError,
    TryLater,
)
from chalicelib.verification.model import Registration
from tests.in_memory.world import World


@pytest.fixture
def world() -> World:
    return World()


def without_an_answer(world: World) -> str:
    """A browser whose right code the pool confirmed, and never heard so."""
    token = world.ask()
    world.run()
    world.pool.lose_answers = 1
    with pytest.raises(TodokuError):
        world.verify(token, world.code(token))
    return token


def test_without_the_answer_of_the_pool_only_the_code_that_was_tried_is_believed(
    world: World,
) -> None:
    """Cognito confirmed, and died before it said so: from then on it looks at no code."""
    token = world.ask()
    world.run()
    code = world.code(token)
    world.pool.lose_answers = 1
    with pytest.raises(TodokuError):
        world.verify(token, code)
    world.now += timedelta(seconds=31)
    with pytest.raises(CodeMismatch):
        world.verify(token, "000000" if code != "000000" else "000001")
    with pytest.raises(CodeMismatch):
        world.verify(token, "000000" if code != "000000" else "000001")
    world.verify(token, code)
    world.complete(token, "three quiet herons")


def test_a_wrong_code_that_was_on_its_way_while_the_right_one_came_proves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger with a copy of the cookie sends one wrong code twice at once. The first answer
    takes the note of it away, the owner's right code is confirmed, then the second is looked at."""
    token = world.ask()
    world.run()
    copy, code = world.cookie(token), world.code(token)
    wrong = "000000" if code != "000000" else "000001"
    real, verify = world.pool.confirm, world.services.verification.verify

    def slow(reference: str, typed: str, *, take_over: bool) -> None:
        monkeypatch.undo()
        with pytest.raises(CodeMismatch):
            verify(copy, wrong)
        world.verify(token, code)
        real(reference, typed, take_over=take_over)

    monkeypatch.setattr(world.pool, "confirm", slow)
    with pytest.raises((CodeMismatch, NoRegistration)):
        verify(copy, wrong)
    world.complete(token, "three quiet herons")


def test_a_wrong_code_is_not_taken_for_the_right_one_before_that_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, with the right one confirmed by the pool and not yet written."""
    token = world.ask()
    world.run()
    copy, code = world.cookie(token), world.code(token)
    wrong = "000000" if code != "000000" else "000001"
    real, verify = world.pool.confirm, world.services.verification.verify

    def slow(reference: str, typed: str, *, take_over: bool) -> None:
        monkeypatch.undo()
        with pytest.raises(CodeMismatch):
            verify(copy, wrong)
        world.pool.lose_answers = 1
        with pytest.raises(TodokuError):
            world.verify(token, code)
        real(reference, typed, take_over=take_over)

    monkeypatch.setattr(world.pool, "confirm", slow)
    with pytest.raises(CodeMismatch):
        verify(copy, wrong)
    world.verify(token, code)
    world.complete(token, "three quiet herons")


def test_who_must_wait_is_told_how_long(world: World) -> None:
    token = without_an_answer(world)
    world.now += timedelta(seconds=10)
    with pytest.raises(TryLater) as told:
        world.verify(token, "000000")
    assert told.value.seconds == 20


def test_a_code_that_pushed_in_while_another_was_looked_at_waits(world: World) -> None:
    token = without_an_answer(world)
    with pytest.raises(TodokuError, match="try again"):
        world.verify(token, "000000")
    assert world.view(token).attempts_left == 4


def test_a_code_that_came_between_reading_and_writing_is_not_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the pool might confirm by that one, and this one were believed."""
    token = world.ask()
    world.run()
    code, change = world.code(token), world.table.change

    def overtaken(*arguments: Any) -> Registration | None:
        monkeypatch.undo()
        world.pool.lose_answers = 1
        with pytest.raises(TodokuError):
            world.verify(token, code)
        return change(*arguments)

    monkeypatch.setattr(world.table, "change", overtaken)
    with pytest.raises(TodokuError, match="try again"):
        world.verify(token, "000000")
    world.verify(token, code)


def test_who_lost_the_answer_and_the_code_proves_the_address_by_a_new_user(world: World) -> None:
    token = without_an_answer(world)
    old = world.view(token)
    world.wait(hours=24)
    world.send_again(token)
    world.wait(minutes=2)

    new = world.view(token)
    assert (new.state, new.email) == ("awaiting_code", old.email)
    assert new.reference != old.reference
    assert list(world.pool.users) == [new.reference.replace("-", "")]
    world.verify(token, world.code(token))
    world.complete(token, "three quiet herons")
    assert [user.confirmed for user in world.pool.users.values()] == [True]


def test_a_copy_of_the_cookie_is_not_led_on_by_the_worker(world: World) -> None:
    """The owner entered the right code and its answer was lost; the worker asks for another."""
    token = world.ask()
    world.run()
    copy = world.cookie(token)
    world.pool.lose_answers = 1
    with pytest.raises(TodokuError):
        world.verify(token, world.code(token))
    world.wait(hours=24)
    world.send_again(token)
    world.wait(minutes=2)
    with pytest.raises(Conflict):
        world.services.registration.complete(copy, "the stranger's own")
