"""Who owns an address is known by the user pool, and our record follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import AccountExists, CodeExpired, Conflict, Displaced
from chalicelib.identity.user_pool import AliasHolder
from chalicelib.jobs import Job, JobKind
from tests.in_memory.world import World

MINUTE = timedelta(minutes=1)


def account(world: World) -> str:
    """Somebody's account with the address; its reference."""
    reference = world.lookup.registration(world.registered()).current
    world.run()
    world.now += MINUTE
    return reference


def proven(world: World) -> str:
    """A browser that has entered its code and set no password yet."""
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    return token


def test_an_account_that_is_gone_frees_its_address(world: World) -> None:
    """The operator deletes accounts after the season; the pupil comes again the next year."""
    old = account(world)
    world.pool.remove(old)
    token = world.ask()
    world.wait(minutes=2)
    assert world.code(token) != "account"
    world.verify(token, world.code(token))
    world.complete(token, "three quiet herons")
    (owner,) = world.owners.owners.values()
    assert owner.reference == world.lookup.registration(token).current
    assert owner.finished


def test_an_unknown_address_is_looked_up_in_the_pool_like_a_known_one(world: World) -> None:
    world.ask("nobody@example.ed.jp")
    world.run()
    assert world.pool.lookups == ["nobody@example.ed.jp"]


def test_an_account_keeps_its_address_though_its_owners_record_is_lost(world: World) -> None:
    old = account(world)
    kept = dict(world.owners.owners)
    world.owners.owners.clear()
    token = world.ask()
    world.wait(minutes=2)
    assert world.mails[-1] == (world.lookup.registration(token).current, "account")
    assert [(o.reference, o.finished) for o in world.owners.owners.values()] == [
        (o.reference, o.finished) for o in kept.values()
    ]
    assert world.pool.holder("taro@example.ed.jp") == AliasHolder(old, finished=True)


def test_a_record_that_is_lost_after_the_code_was_mailed_opens_nobodys_account(
    world: World,
) -> None:
    old = account(world)
    token = world.ask()
    world.wait(minutes=2)
    world.owners.owners.clear()
    right = world.pool.users[world.lookup.registration(token).current].code
    with pytest.raises(AccountExists):
        world.verify(token, right)
    assert "confirm forced" not in world.pool.calls
    assert world.pool.holder("taro@example.ed.jp") == AliasHolder(old, finished=True)


def test_the_worker_removes_no_account_whose_owners_record_is_lost(world: World) -> None:
    token = proven(world)
    version, registration = next(iter(world.table.registrations.values()))
    world.complete(token, "three quiet herons")
    world.run()
    # As if the last write of the registration had been lost, and the owner's record with it.
    world.table.registrations[registration.id] = (version, registration)
    world.owners.owners.clear()
    world.now += timedelta(days=8)
    assert world.sweep() == 1
    world.run()
    assert registration.current in world.pool.users


def test_a_user_who_vanished_before_the_password_proves_the_address_once_more(
    world: World,
) -> None:
    token = proven(world)
    world.pool.remove(world.lookup.registration(token).current)
    with pytest.raises(Conflict):
        world.complete(token, "three quiet herons")
    world.wait(minutes=2)
    assert world.view(token).state == "awaiting_code"
    world.verify(token, world.code(token))
    world.complete(token, "three quiet herons")


def test_a_user_who_vanishes_while_the_password_is_set_is_no_defect(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = proven(world)
    real = world.pool.set_password

    def gone(reference: str, password: str) -> None:
        world.pool.remove(reference)
        real(reference, password)

    monkeypatch.setattr(world.pool, "set_password", gone)
    with pytest.raises(Conflict):
        world.complete(token, "three quiet herons")
    assert world.view(token).state == "queued"


def finished(world: World) -> list[bool]:
    return [user.finished for user in world.pool.users.values()]


def test_the_pool_knows_of_an_account_by_a_job(world: World) -> None:
    world.registered()
    assert finished(world) == [False], "no quota stands before the applicant"
    world.run()
    assert finished(world) == [True]
    calls = world.pool.calls.count("mark_finished")
    world.now += timedelta(hours=1)
    assert world.sweep() == 0
    assert world.pool.calls.count("mark_finished") == calls == 1


def test_a_job_that_is_lost_comes_again_with_the_sweeper(world: World) -> None:
    world.registered()
    world.queue.waiting.clear()
    world.now += timedelta(minutes=3)
    assert world.sweep() == 1
    world.run()
    assert finished(world) == [True]


def test_an_account_whose_browser_forgets_it_at_once_is_known_all_the_same(world: World) -> None:
    token = world.registered()
    world.queue.waiting.clear()
    world.cancel(token)
    world.run()
    assert finished(world) == [True]
    assert world.lookup.seen(token) is None


def test_an_account_deleted_before_its_job_is_no_trouble(world: World) -> None:
    world.pool.remove(world.lookup.registration(world.registered()).current)
    world.run()
    world.now += timedelta(hours=1)
    assert world.sweep() == 0
    assert world.pool.calls.count("mark_finished") == 0


def test_an_account_that_the_pool_never_heard_of_is_marked_when_its_address_is_asked_for(
    world: World,
) -> None:
    """Made before there was the attribute, or killed between the owner's record and the job."""
    old = account(world)
    world.pool.users[old].finished = False
    world.ask()
    world.run()
    assert world.pool.users[old].finished
    world.owners.owners.clear()
    token = world.ask()
    world.wait(minutes=2)
    assert world.mails[-1] == (world.lookup.registration(token).current, "account")


def test_an_account_deleted_after_its_mail_is_none_for_the_next_mail(world: World) -> None:
    """The help desk's order: "you already have an account", deleted, "send again"."""
    old = account(world)
    token = world.ask()
    world.wait(minutes=2)
    assert world.mails[-1][1] == "account"
    world.pool.remove(old)
    world.send_again(token)
    world.wait(minutes=2)
    assert world.mails[-1][1] != "account"
    world.verify(token, world.code(token))
    world.complete(token, "three quiet herons")


def test_a_user_who_vanished_before_the_code_is_made_anew(world: World) -> None:
    token = world.ask()
    world.run()
    world.pool.remove(world.lookup.registration(token).current)
    with pytest.raises(CodeExpired):
        world.verify(token, world.code(token))
    world.wait(minutes=2)
    world.send_again(token)
    world.wait(minutes=2)
    assert world.view(token).state == "awaiting_code"
    world.verify(token, world.code(token))
    world.complete(token, "three quiet herons")


def test_under_a_new_pepper_two_do_not_finish_one_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their leases lie on two records then; the pool has the last word."""
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    world.start = replace(world.start, pepper=b"another pepper, thirty-two bytes")
    second = world.ask(client="198.51.100.7")
    world.wait(minutes=2)
    real = world.pool.set_password

    def overtaken(reference: str, password: str) -> None:
        monkeypatch.undo()
        world.verify(second, world.code(second))
        real(reference, password)

    monkeypatch.setattr(world.pool, "set_password", overtaken)
    with pytest.raises(Displaced):
        world.complete(first, "three quiet herons")
    world.complete(second, "three quiet herons")
    assert [owner.finished for owner in world.owners.owners.values()].count(True) == 1


def test_an_alias_that_cannot_be_found_just_now_frees_no_address(world: World) -> None:
    """It may be late to follow; the account itself is there."""
    old = account(world)
    world.pool.users[old].verified = False
    token = world.ask()
    world.run()
    assert world.mails[-1] == (world.lookup.registration(token).current, "account")
    (owner,) = world.owners.owners.values()
    assert (owner.reference, owner.finished) == (old, True)


def test_a_job_that_comes_before_the_password_says_nothing_to_the_pool(world: World) -> None:
    token = proven(world)
    world.work(Job(JobKind.MARK_FINISHED, world.lookup.registration(token).current))
    assert finished(world) == [False]
