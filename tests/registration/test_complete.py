"""The password: once it is set, the same one again is the same request, and no other counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import AlreadyCompleted, Displaced, PasswordRefused, TodokuError, TryLater
from chalicelib.identity.ownership import MaybeOwner, Owner
from chalicelib.verification.cookie_token import EXCHANGED_FOR
from tests.in_memory.world import World

PASSWORD = "correct horse"  # as ``World.registered`` sets it


@pytest.fixture
def world() -> World:
    return World()


def test_a_password_whose_answer_was_lost_signs_in_when_it_comes_again(world: World) -> None:
    token = world.registered()
    for again in (PASSWORD, f" {PASSWORD}\u3000"):
        assert world.complete(token, again).tokens.access == "access"
    assert world.pool.calls.count("set_password") == 1


def test_a_password_with_next_year_in_it_is_guessed_by_japans_calendar(world: World) -> None:
    world.now = datetime(2126, 12, 31, 16, tzinfo=UTC)  # the first of January there
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    with pytest.raises(PasswordRefused):
        world.complete(token, "spring2128")


def test_another_password_is_refused_and_the_first_one_stays(world: World) -> None:
    token = world.registered()
    with pytest.raises(AlreadyCompleted):
        world.complete(token, "another horse")
    with pytest.raises(AlreadyCompleted):
        world.complete(token, "")
    assert [user.password for user in world.pool.users.values()] == [PASSWORD]


def test_after_some_minutes_not_even_the_same_one_signs_in(world: World) -> None:
    """A cookie that was left on a shared device is no way in."""
    token = world.registered()
    world.now += EXCHANGED_FOR - timedelta(seconds=1)
    world.complete(token, PASSWORD)
    world.now += timedelta(seconds=1)
    asked = len(world.pool.calls)
    with pytest.raises(AlreadyCompleted):
        world.complete(token, PASSWORD)
    assert len(world.pool.calls) == asked


def test_passwords_are_not_to_be_guessed_that_way(world: World) -> None:
    token = world.registered()
    asked = world.pool.calls.count("sign_in")
    for n in range(30):
        with pytest.raises(AlreadyCompleted):
            world.complete(token, f"another horse {n}")
    assert world.pool.calls.count("sign_in") == asked + 5


def test_a_busy_pool_is_for_later_then_too(world: World) -> None:
    token = world.registered()
    world.pool.lose_answers = 1
    with pytest.raises(TryLater):
        world.complete(token, PASSWORD)
    world.complete(token, PASSWORD)


def test_a_pool_that_does_not_know_the_new_password_yet_is_asked_again(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    real = world.pool.set_password
    world.pool.set_password = lambda reference, password: None  # type: ignore[method-assign]
    with pytest.raises(TodokuError, match="try again"):
        world.complete(token, PASSWORD)
    world.pool.set_password = real  # type: ignore[method-assign]
    world.complete(token, PASSWORD)


@pytest.mark.parametrize("whose", ["own", "another's", "lost", "being taken over by its own"])
def test_who_is_told_to_be_displaced_is_who_would_be_refused(world: World, whose: str) -> None:
    """Whoever loads the page of the password again is told what a password would be."""
    token = world.ask()
    world.run()
    attempt = world.verify(token, world.code(token)).attempt
    owner = world.owners.owners.pop(attempt.address)
    owners: dict[str, MaybeOwner] = {
        "own": owner,
        "another's": Owner("ANOTHER", world.now),
        "lost": None,
        "being taken over by its own": Owner(
            "ANOTHER", world.now, candidate=attempt.reference, candidate_at=world.now
        ),
    }
    world.owners.change(attempt.address, lambda owner: owners[whose])
    registration = world.services.verification.lookup.registration(world.cookie(token))
    told = world.services.registration.complete.is_displaced(registration)
    try:
        world.complete(token, PASSWORD)
        refused = False
    except Displaced:
        refused = True
    assert told is refused is (whose != "own")
