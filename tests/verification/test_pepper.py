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


def test_an_address_with_an_account_keeps_it(world: World) -> None:
    """The pool knows who finished, and its record is made anew under the new key."""
    old = world.lookup.registration(world.registered()).current
    world.run()
    with_a_new_pepper(world)
    token = world.ask()
    world.run()
    assert world.mails[-1] == (world.lookup.registration(token).current, "account")
    right = world.pool.users[world.lookup.registration(token).current].code
    with pytest.raises(AccountExists):
        world.verify(token, right)
    assert world.pool.state(old) is UserState.PROVEN
    owners = list(world.owners.owners.values())
    assert [(owner.reference, owner.finished) for owner in owners] == [(old, True)] * 2
