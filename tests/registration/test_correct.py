"""Another address in the same registration."""

from datetime import timedelta

import pytest

from chalicelib.errors import (
    CodeMismatch,
    Conflict,
)
from chalicelib.jobs import Job, JobKind
from tests.in_memory.world import World

MINUTE = timedelta(minutes=1)


def test_the_first_addresss_code_never_proves_the_corrected_one(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    old_reference = world.lookup.registration(token).current
    world.correct(token, "hana@example.ed.jp")
    world.run()
    with pytest.raises(CodeMismatch):
        world.verify(token, old)
    world.wait(minutes=1)
    assert old_reference not in world.pool.users, "the first address's user is gone"
    world.verify(token, world.code(token))
    (user,) = world.pool.users.values()
    assert user.email == "hana@example.ed.jp"


def test_correcting_while_queued_sends_nothing_to_the_first_address(world: World) -> None:
    token = world.ask()
    world.correct(token, "hana@example.ed.jp")
    world.wait(minutes=2)
    assert [u.email for u in world.pool.users.values()] == ["hana@example.ed.jp"]


def test_correcting_while_cognito_is_busy_leaves_no_user_behind(world: World) -> None:
    token = world.ask()
    reference = world.lookup.registration(token).current
    real = world.pool.sign_up

    def slow(reference: str, email: str) -> None:
        world.correct(token, "hana@example.ed.jp")
        world.work(Job(JobKind.REMOVE_USER, reference))
        world.pool.sign_up = real  # type: ignore[method-assign]
        real(reference, email)

    world.pool.sign_up = slow  # type: ignore[method-assign]
    world.run()
    world.wait(minutes=2)
    assert reference not in world.pool.users
    assert [u.email for u in world.pool.users.values()] == ["hana@example.ed.jp"]


def test_posting_another_address_in_the_same_browser_corrects(world: World) -> None:
    token = world.ask()
    assert world.ask("hana@example.ed.jp", token=token) == token
    assert world.view(token).email == "h***@example.ed.jp"


def test_two_identical_corrections_are_one(world: World) -> None:
    token = world.ask()
    for _ in range(2):
        world.correct(token, "hana@example.ed.jp")
    world.wait(minutes=2)
    assert len(world.mails) == 1


def test_after_verification_the_address_stays(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    with pytest.raises(Conflict):
        world.correct(token, "hana@example.ed.jp")


def test_a_browser_that_finished_can_register_a_sister(world: World) -> None:
    token = world.registered()
    sister = world.ask("hana@example.ed.jp", token=token)
    assert sister != token
    assert world.view(token).state == "completed"
