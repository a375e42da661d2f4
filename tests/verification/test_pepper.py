"""What a new pepper changes. docs/deploy.md, "The pepper", says the same to operators."""

from dataclasses import replace

import pytest

from chalicelib.errors import AccountExists
from chalicelib.identity.user_pool import UserState
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import World


def with_a_new_pepper(world: World) -> None:
    world.start = replace(world.start, pepper=b"another pepper, thirty-two bytes")


def test_a_registration_under_way_goes_on(world: World) -> None:
    token = world.ask()
    world.run()
    with_a_new_pepper(world)
    world.verify(token, world.code(token))
    done = world.complete(token, "correct horse")
    assert done.registration.attempt.state is AttemptState.COMPLETED


def test_an_address_has_all_its_mails_again(world: World) -> None:
    world.ask()
    waiting = world.ask()
    assert world.view(waiting).expected_at != world.now
    with_a_new_pepper(world)
    at_once = world.ask()
    assert world.view(at_once).expected_at == world.now


def test_an_address_with_an_account_is_taken_for_a_new_one_and_the_old_account_loses_it(
    world: World,
) -> None:
    old = world.lookup.registration(world.registered()).current
    with_a_new_pepper(world)
    token = world.ask()
    world.run()
    assert world.code(token) != "account"
    world.verify(token, world.code(token))
    world.complete(token, "other horse")
    assert world.pool.state(old) is UserState.DISPLACED
    assert world.pool.users[old].password == "correct horse", "its reference still signs in"


def test_an_owner_whose_row_was_lost_is_safe_once_the_row_is_restored(world: World) -> None:
    world.registered()
    kept = dict(world.owners.owners)
    world.owners.owners.clear()
    world.wait(minutes=1)
    token = world.ask()
    world.run()
    world.owners.owners.update(kept)
    with pytest.raises(AccountExists):
        world.verify(token, world.code(token))
