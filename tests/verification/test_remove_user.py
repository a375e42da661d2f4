"""A user that nobody needs is removed; whoever comes back meanwhile is served."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.errors import NoRegistration
from chalicelib.identity.ownership import LEASE
from chalicelib.jobs import Job, JobKind
from chalicelib.verification.model import AttemptState, Seen
from tests.in_memory.world import World

A_WEEK = timedelta(days=7, minutes=1)


def while_the_pool_is_asked(world: World, do: Callable[[], object]) -> None:
    real = world.pool.remove

    def remove(reference: str) -> None:
        world.pool.remove = real  # type: ignore[method-assign]
        do()
        real(reference)

    world.pool.remove = remove  # type: ignore[method-assign]


def just_before_it_is_forgotten(world: World, do: Callable[[], object]) -> None:
    real = world.table.forget

    def forget(seen: Seen) -> None:
        world.table.forget = real  # type: ignore[method-assign]
        do()
        real(seen)

    world.table.forget = forget  # type: ignore[method-assign]


@pytest.mark.parametrize("meanwhile", [while_the_pool_is_asked, just_before_it_is_forgotten])
def test_a_mail_that_is_asked_for_as_the_registration_goes_comes_with_a_code_that_works(
    world: World, meanwhile: Callable[[World, Callable[[], object]], None]
) -> None:
    token = world.ask()
    world.run()
    world.now += A_WEEK
    meanwhile(world, lambda: world.send_again(token))
    world.sweep()
    world.wait(minutes=5)
    assert len(world.mails) == 2
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_registration_that_is_only_written_meanwhile_goes_all_the_same(world: World) -> None:
    token = world.ask()
    world.run()
    reference = world.lookup.registration(token).current
    world.now += A_WEEK
    just_before_it_is_forgotten(
        world, lambda: world.table.change(reference, lambda r: replace(r, locale="en"))
    )
    world.sweep()
    world.wait(minutes=2)
    assert (world.pool.users, world.table.registrations) == ({}, {})
    with pytest.raises(NoRegistration):
        world.lookup.registration(token)


def test_while_a_password_is_being_set_its_user_stays(world: World) -> None:
    token = world.ask()
    world.run()
    attempt = world.verify(token, world.code(token)).attempt
    world.now += A_WEEK
    begun = world.now
    world.owners.change(attempt.address, lambda o: replace(o, completing_at=begun) if o else None)
    remove = Job(JobKind.REMOVE_USER, attempt.reference)
    world.now = begun + LEASE - timedelta(seconds=1)
    world.work(remove)
    assert list(world.pool.users) == [attempt.reference]
    world.now = begun + LEASE
    world.work(remove)
    assert world.pool.users == {}


def test_a_password_that_is_begun_as_the_user_goes_keeps_its_lease(world: World) -> None:
    """Its owner's record is decided upon, and it is another by then."""
    token = world.ask()
    world.run()
    registration = world.verify(token, world.code(token))
    address = registration.attempt.address
    world.now += A_WEEK

    def begin() -> None:
        now = world.now
        world.owners.change(address, lambda o: replace(o, completing_at=now) if o else None)

    while_the_pool_is_asked(world, begin)
    world.sweep()
    (_, job) = world.queue.waiting.pop()
    world.work(job)
    owner = world.owners.get(address)
    assert owner is not None
    assert owner.completing_at == world.now
    assert world.lookup.registration(token).current == registration.current
    # It came to nothing.
    world.wait(minutes=2)
    assert (world.owners.owners, world.table.registrations) == ({}, {})
