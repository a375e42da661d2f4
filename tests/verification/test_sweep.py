"""What a crash or a lost message left is mended."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import (
    CodeExpired,
    CodeMismatch,
    NoRegistration,
    OutcomeUnknown,
    TryLater,
    Wait,
)
from chalicelib.jobs import Job, JobKind
from chalicelib.verification.due import due
from chalicelib.verification.model import AttemptState, Registration
from tests.in_memory.world import World
from tests.limits.test_bad_days import turn_away

MINUTE = timedelta(minutes=1)


def test_a_lost_job_is_found_by_the_sweeper(world: World) -> None:
    token = world.ask()
    world.queue.waiting.clear()
    world.wait(minutes=3)
    world.sweep()
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_request_is_accepted_while_the_queue_is_down(world: World) -> None:
    world.queue.error = TryLater()
    token = world.ask()
    world.correct(token, "hana@example.ed.jp")
    world.queue.error = None
    world.wait(minutes=3)
    world.sweep()
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_mail_whose_turn_is_far_ahead_rests_until_the_sweeper_queues_it(world: World) -> None:
    """Four minutes before, with the delay that is left; nothing is queued meanwhile."""
    for _ in range(5):
        world.ask()
        world.wait(minutes=1)
    token = world.ask()
    turn = world.lookup.registration(token).attempt.expected_at
    assert turn is not None
    assert turn > world.now + timedelta(minutes=50)
    while world.now < turn - timedelta(minutes=6):
        assert (world.sweep(), world.queue.waiting) == (0, [])
        assert world.lookup.registration(token).attempt.resting
        world.wait(minutes=1)
    world.wait(minutes=1)
    assert world.sweep() == 1
    assert not world.lookup.registration(token).attempt.resting
    assert [at for at, _ in world.queue.waiting] == [turn]
    while world.now < turn:
        assert (world.sweep(), len(world.queue.waiting)) == (0, 1)
        world.wait(minutes=1)
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_mail_rests_on_while_its_corrected_address_is_swept(world: World) -> None:
    for _ in range(5):
        world.ask("hana@example.ed.jp")
        world.wait(minutes=1)
    token = world.ask()
    world.run()
    world.correct(token, "hana@example.ed.jp")
    world.queue.waiting.clear()
    assert world.sweep() == 1
    assert [job.kind for _, job in world.queue.waiting] == [JobKind.REMOVE_USER]
    assert world.lookup.registration(token).attempt.resting


def test_a_resting_mail_that_was_asked_for_again_rests_too(world: World) -> None:
    token = world.ask()
    world.wait(minutes=1)
    for _ in range(4):
        world.send_again(token)
        world.wait(minutes=1)
    world.send_again(token)
    attempt = world.lookup.registration(token).attempt
    assert (attempt.resting, world.queue.waiting) == (True, [])
    for _ in range(60):
        world.sweep()
        world.wait(minutes=1)
    assert len(world.mails) == 6


@pytest.mark.parametrize("too_early", [False, True])
def test_a_lost_code_is_asked_for_again_once(world: World, too_early: bool) -> None:
    """Also when somebody typed a code before there was one."""
    token = world.ask()
    if too_early:
        with pytest.raises(CodeMismatch):
            world.verify(token, "000000")
    world.work(world.queue.waiting.pop()[1])
    world.pool.events.clear()
    for _ in range(5):
        world.now += MINUTE
        world.sweep()
        world.run()
    assert world.pool.calls.count("reissue") == 1
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_code_that_is_lost_again_and_again_is_asked_for_every_ten_minutes(world: World) -> None:
    """Not sooner: each makes the one before a dead code, which Lambda may deliver late."""
    world.ask()
    world.work(world.queue.waiting.pop()[1])
    asked: list[int] = []
    for minute in range(1, 25):
        world.pool.events.clear()
        world.now += MINUTE
        before = world.pool.calls.count("reissue")
        world.sweep()
        while world.queue.waiting:
            world.work(world.queue.waiting.pop()[1])
        asked += [minute] * (world.pool.calls.count("reissue") - before)
    assert asked == [1, 11, 21]


def test_a_code_that_comes_while_it_is_asked_for_again_is_not_killed(world: World) -> None:
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    world.now += MINUTE
    world.sweep()
    (_, job) = world.queue.waiting.pop()
    real = world.table.change

    def overtaken(reference: str, decide: Callable[[Registration], Registration]) -> Any:
        world.table.change = real  # type: ignore[method-assign]
        world.deliver()
        return real(reference, decide)

    world.table.change = overtaken  # type: ignore[method-assign]
    world.work(job)
    assert "reissue" not in world.pool.calls
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_code_that_cannot_be_read_any_more_is_renewed(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    world.now += 2 * MINUTE
    attempt = world.lookup.registration(token).attempt
    code = attempt.code_expires_at
    world.queue.put(Job(JobKind.REISSUE_UNREADABLE, attempt.reference, code=code))
    world.run()
    assert world.code(token) != old
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_job_to_renew_a_code_leaves_the_one_that_came_since(world: World) -> None:
    """However late it comes again: it was two hours, and killed it after that."""
    token = world.ask()
    world.run()
    attempt = world.lookup.registration(token).attempt
    job = Job(JobKind.REISSUE_UNREADABLE, attempt.reference, code=attempt.code_expires_at)
    world.now += 2 * MINUTE
    for hours in (0, 1, 3, 10):
        world.queue.put(job)
        world.run()
        world.now += timedelta(hours=hours)
    assert world.pool.calls.count("reissue") == 1
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_new_code_that_cannot_be_read_either_is_renewed_in_minutes(world: World) -> None:
    """It was taken for the same job once more for two hours."""
    token = world.ask()
    world.run()
    for mails in (2, 3):
        world.wait(minutes=8)
        world.adapters.kept_codes.kept.clear()
        world.send_again(token)
        world.wait(minutes=2)
        assert len(world.mails) == mails
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


@pytest.mark.parametrize("times", [1, 3])
def test_a_new_code_for_which_the_pool_was_too_busy_comes_as_soon_as_it_said(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """It was waited for for seven minutes, though nothing was on its way."""
    token = world.ask()
    world.run()
    world.now += timedelta(hours=25)
    turn_away(world, "pool.reissue", monkeypatch, times)
    world.send_again(token)
    world.wait(minutes=4)
    assert len(world.mails) == 2
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_job_that_names_no_code_leaves_whichever_lives(world: World) -> None:
    """The code that it was about never came."""
    token = world.ask()
    world.run()
    reference = world.lookup.registration(token).current
    world.queue.put(Job(JobKind.REISSUE_UNREADABLE, reference))
    world.run()
    assert "reissue" not in world.pool.calls
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_new_code_that_two_workers_are_about_to_ask_for_is_asked_for_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two, the first one's is dead, and may be mailed last."""
    token = world.ask()
    world.run()
    reference = world.lookup.registration(token).current
    world.now += timedelta(hours=25)
    change, job = world.table.change, Job(JobKind.REISSUE_LOST, reference)

    def beside(of: str, decide: Callable[[Registration], Registration]) -> Registration | None:
        monkeypatch.setattr(world.table, "change", change)
        world.now += timedelta(milliseconds=5)
        world.work(job)
        return change(of, decide)

    monkeypatch.setattr(world.table, "change", beside)
    world.work(job)
    assert world.pool.calls.count("reissue") == 1


def test_a_new_code_that_the_pool_refuses_for_an_hour_is_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job for it rests longer than a queue can wait; the sweeper found nothing missing."""
    token = world.ask()
    world.run()
    attempt = world.lookup.registration(token).attempt
    turn_away(world, "pool.reissue", monkeypatch, times=1, seconds=3600)
    code = attempt.code_expires_at
    world.work(Job(JobKind.REISSUE_UNREADABLE, attempt.reference, code=code))
    for _ in range(120):
        world.sweep()
        world.wait(minutes=1)
    assert len(world.mails) == 2
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


@pytest.mark.parametrize(("times", "seconds"), [(1, 5), (4, 3600)])
def test_a_code_that_died_early_is_not_mailed_while_the_pool_is_too_busy_for_another(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int, seconds: int
) -> None:
    token = world.ask()
    world.wait(minutes=30)
    dead = world.code(token)

    def expired(*args: object, **options: object) -> None:
        raise CodeExpired

    with monkeypatch.context() as early:
        early.setattr(world.pool, "confirm", expired)
        with pytest.raises(CodeExpired):
            world.verify(token, dead)
    turn_away(world, "pool.reissue", monkeypatch, times, seconds)
    world.send_again(token)
    for minute in range(100):
        world.sweep()
        world.wait(minutes=1)
        if minute in (3, 20):
            with suppress(Wait):
                world.send_again(token)
    assert [code for _, code in world.mails].count(dead) == 1
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_new_code_whose_answer_was_lost_is_waited_for_for_seven_minutes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.ask()
    world.run()
    world.now += timedelta(hours=25)
    asked: list[str] = []

    def lost(reference: str) -> None:
        asked.append(reference)
        raise OutcomeUnknown("ReadTimeoutError")

    monkeypatch.setattr(world.pool, "reissue", lost)
    world.send_again(token)
    world.wait(minutes=6)
    assert len(asked) == 1
    world.wait(minutes=2)
    assert len(asked) == 2


def test_a_code_that_was_signed_up_for_late_has_its_whole_life(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool could not be reached for a day; the mail said that its code was dead."""
    token = world.ask()

    def away(reference: str, email: str) -> None:
        raise TryLater()

    with monkeypatch.context() as while_away:
        while_away.setattr(world.pool, "sign_up", away)
        for _ in range(25):
            world.wait(minutes=1)
            world.now += timedelta(hours=1)
            world.sweep()
    world.wait(minutes=3)
    world.sweep()
    world.wait(minutes=20)
    expires = world.view(token).code_expires_at
    assert expires
    assert expires > world.now + timedelta(hours=23)
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_mail_that_is_put_on_the_queue_again_has_twenty_minutes(world: World) -> None:
    token = world.ask()
    world.run()
    registration = world.lookup.registration(token)
    unsent = replace(registration.attempt, handed_over=0)
    seen = replace(registration.with_attempt(unsent), swept_at=world.now + 30 * MINUTE)
    assert due(seen) == world.now + 50 * MINUTE


def test_a_late_code_that_was_reissued_is_not_mailed(world: World) -> None:
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    late = world.pool.events.pop()
    world.now += MINUTE
    world.sweep()
    world.run()
    world.pool.events.append(late)
    world.deliver()
    assert [code for _, code in world.mails] == [world.code(token)]
    assert world.verify(token, world.mails[0][1]).attempt.state is AttemptState.VERIFIED


def test_never_confirmed_is_gone_after_seven_days(world: World) -> None:
    token = world.ask()
    world.run()
    world.now += timedelta(days=7, minutes=1)
    world.sweep()
    world.run()
    assert (world.pool.users, world.table.registrations) == ({}, {})
    with pytest.raises(NoRegistration):
        world.lookup.registration(token)


def test_proven_without_a_password_is_gone_after_seven_days(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.now += timedelta(days=7, minutes=1)
    world.sweep()
    world.run()
    assert (world.pool.users, world.owners.owners) == ({}, {})


def test_an_account_is_never_swept(world: World) -> None:
    world.registered()
    world.now += timedelta(days=400)
    world.sweep()
    world.run()
    assert len(world.pool.users) == 1


def test_an_address_that_the_pool_refuses_is_left_alone_and_forgotten(world: World) -> None:
    """It went round for ever, a new reference every two minutes."""
    world.pool.refuse = True
    token = world.ask()
    world.run()
    reference = world.lookup.registration(token).current
    for _ in range(180):
        world.sweep()
        world.wait(minutes=1)
    assert world.lookup.registration(token).current == reference
    assert world.queue.waiting == []
    world.now += timedelta(days=8)
    world.sweep()
    world.run()
    assert world.table.registrations == {}
