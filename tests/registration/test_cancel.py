"""What we know of an applicant goes."""

from datetime import timedelta

import pytest

from chalicelib.errors import (
    NoRegistration,
)
from chalicelib.verification.model import Seen
from tests.in_memory.world import World

MINUTE = timedelta(minutes=1)


def test_cancelling_forgets_everything(world: World) -> None:
    token = world.ask()
    world.run()
    world.cancel(token)
    with pytest.raises(NoRegistration):
        world.lookup.registration(token)
    world.wait(minutes=1)
    assert (world.pool.users, world.table.registrations) == ({}, {})


def test_cancelling_a_proven_address_leaves_it_to_nobody(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.cancel(token)
    world.wait(minutes=1)
    assert (world.pool.users, world.owners.owners) == ({}, {})


def test_cancelling_gives_the_place_of_a_mail_that_has_not_left_to_the_next(world: World) -> None:
    for _ in range(5):
        world.ask()
        world.wait(minutes=1)
    token = world.ask()
    turn = world.view(token).expected_at
    assert turn is not None
    assert turn > world.now + 50 * MINUTE
    world.cancel(token)
    assert world.view(world.ask()).expected_at == turn


def test_a_finished_registration_that_is_written_meanwhile_is_forgotten_all_the_same(
    world: World,
) -> None:
    """The worker notes, just then, that the pool knows of the account."""
    token = world.registered()
    forget = world.table.forget

    def overtaken(seen: Seen) -> None:
        world.table.forget = forget  # type: ignore[method-assign]
        world.run()
        forget(seen)

    world.table.forget = overtaken  # type: ignore[method-assign]
    world.cancel(token)
    assert world.table.registrations == {}


def test_forgetting_a_finished_registration_keeps_the_account(world: World) -> None:
    token = world.registered()
    world.cancel(token)
    world.wait(minutes=1)
    assert len(world.pool.users) == 1
