"""Of two new codes the one asked for first is dead, whenever it comes or is tried again."""

from __future__ import annotations

import pytest

from chalicelib.clock import CLOCKS_APART, MINUTE
from chalicelib.errors import TryLater
from chalicelib.identity.codes import IN_TRANSIT
from chalicelib.jobs import Job, JobKind
from chalicelib.verification import transitions
from tests.in_memory.courier import sealed, trigger
from tests.in_memory.post import Post
from tests.in_memory.world import World
from tests.limits.test_bad_days import turn_away

RESEND = "CustomEmailSender_ResendCode"


def reissued(world: World) -> str:
    """A registration whose sign-up's code was lost, and whose new one has come."""
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    world.pool.events.clear()
    world.now += MINUTE
    world.sweep()
    world.run()
    return token


def test_a_code_that_died_early_is_replaced_only_when_nothing_tries_it_any_more(
    world: World,
) -> None:
    token = reissued(world)
    asked_at = world.now
    attempt = world.lookup.registration(token).attempt
    assert attempt.code_expires_at is not None
    dead_at = attempt.code_expires_at
    world.now += 2 * MINUTE
    world.table.change(
        attempt.reference,
        lambda r: transitions.code_died(r, attempt.reference, dead_at, world.now),
    )
    world.send_again(token)
    while world.pool.calls.count("reissue") == 1:
        world.wait(minutes=1)
    assert world.now - asked_at == IN_TRANSIT
    world.verify(token, world.code(token))


@pytest.mark.parametrize("hours", [0, 1, 23])
def test_an_event_that_an_operator_brings_back_has_no_code_asked_for_while_one_lives(
    world: World, hours: int
) -> None:
    """``ops redrive`` puts this job on the queue instead of the event."""
    token = reissued(world)
    code = world.code(token)
    world.wait(hours=hours)
    world.queue.put(Job(JobKind.REISSUE_LOST, world.lookup.registration(token).current))
    world.wait(minutes=15)
    assert world.pool.calls.count("reissue") == 1
    world.send_again(token)
    world.wait(minutes=1)
    assert [mailed for _, mailed in world.mails] == [code, code]
    world.verify(token, code)


def post_with_a_new_code_that_waits() -> Post:
    """A new code has come; SES had no room for its mail, and yet another was asked for."""
    post = Post(reissued_at=Post().clock.now)
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.send_code(trigger(sealed("222222"), RESEND))
    post.clock.pass_(minutes=8)
    post.become(reissued_at=post.clock.now, code_expires_at=None)
    post.clock.pass_(seconds=1)
    return post


def test_what_is_tried_again_after_another_was_asked_for_is_not_mailed() -> None:
    post = post_with_a_new_code_that_waits()
    post.send_code(trigger(sealed("222222"), RESEND))
    assert post.mails == []
    assert post.attempt.code_expires_at is None
    post.send_code(trigger(sealed("333333"), RESEND))
    (mail,) = post.mails
    assert "\n333333\n" in mail.text


def test_a_kept_code_is_not_mailed_while_its_successor_is_on_its_way() -> None:
    post = post_with_a_new_code_that_waits()
    post.again(0)
    post.again(2)
    assert (post.mails, post.asked) == ([], [])


def test_a_code_that_comes_by_a_clock_that_is_behind_is_the_newest() -> None:
    post = Post()
    post.become(reissued_at=post.clock.now + CLOCKS_APART)
    post.send_code(trigger(sealed("222222"), RESEND))
    post.again(2)
    assert len(post.mails) == 2
    assert post.attempt.code_expires_at is not None


def test_a_code_that_died_early_is_not_mailed_once_more(world: World) -> None:
    """Its mail was on the queue when Cognito said that it works no longer."""
    token = world.ask()
    world.wait(minutes=5)
    attempt = world.send_again(token).attempt
    world.work(world.queue.waiting.pop()[1])
    dead_at = attempt.code_expires_at
    assert dead_at
    world.table.change(
        attempt.reference,
        lambda r: transitions.code_died(r, attempt.reference, dead_at, world.now),
    )
    world.deliver()
    world.wait(minutes=10)
    first, second = (code for _, code in world.mails)
    assert first != second
    world.verify(token, second)


def test_a_code_costs_no_attempt_while_nobody_knows_whether_it_still_works(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was to be replaced, since what we keep of it was lost, and the pool has no time."""
    token = world.ask()
    world.wait(minutes=30)
    code = world.code(token)
    world.adapters.kept_codes.kept.clear()
    world.send_again(token)
    with monkeypatch.context() as while_busy:
        turn_away(world, "pool.reissue", while_busy, times=10_000)
        world.wait(minutes=5)
        for _ in range(10):
            with pytest.raises(TryLater):
                world.verify(token, code)
    assert world.lookup.registration(token).wrong == ()
    world.wait(minutes=20)
    world.verify(token, world.code(token))
