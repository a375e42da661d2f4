"""One more mail with the same code."""

from datetime import timedelta

import pytest

from chalicelib.clock import DAY, japan_day
from chalicelib.errors import (
    CodeExpired,
    Conflict,
    Wait,
)
from chalicelib.jobs import Job, JobKind
from chalicelib.limits.counters import MAILS
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import START, World

MINUTE = timedelta(minutes=1)


def test_sending_again_is_the_same_code(world: World) -> None:
    token = world.ask()
    world.wait(minutes=1)
    for _ in range(2):
        world.send_again(token)
        world.wait(minutes=1)
    codes = {code for _, code in world.mails}
    assert (len(world.mails), len(codes)) == (3, 1)
    assert world.verify(token, codes.pop()).attempt.state is AttemptState.VERIFIED


def test_inside_the_minute_sending_again_waits(world: World) -> None:
    token = world.ask()
    world.run()
    world.now += timedelta(seconds=59)
    with pytest.raises(Wait) as raised:
        world.send_again(token)
    assert raised.value.until == START + MINUTE


def test_after_expiry_sending_again_brings_a_new_code(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    world.now += timedelta(days=1)
    assert world.view(token).state == "expired"
    with pytest.raises(CodeExpired):
        world.verify(token, old)
    world.send_again(token)
    world.run()
    assert world.view(token).state == "awaiting_code"
    assert world.code(token) != old
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_mails_sent_again_count_against_the_address(world: World) -> None:
    token = world.ask()
    for _ in range(4):
        world.wait(minutes=1)
        world.send_again(token)
    world.wait(minutes=1)
    world.send_again(token)
    view = world.view(token)
    assert view.expected_at is not None
    assert view.expected_at >= START + timedelta(hours=1)
    with pytest.raises(Wait):
        world.send_again(token)


def test_a_mail_that_has_not_left_is_asked_for_and_not_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each press once a minute; it takes nothing of what the address may have in an hour."""
    token = world.ask()
    world.now += MINUTE
    for n in range(8):
        world.send_again(token, locale="en" if n == 7 else None)
        with pytest.raises(Wait) as raised:
            world.send_again(token)
        assert raised.value.until == world.now + MINUTE
        world.now += MINUTE
    world.run()
    assert len(world.mails) == 1
    assert world.adapters.mailer.mails[0].subject.isascii()
    world.send_again(token)
    world.run()
    assert len(world.mails) == 2


def test_after_verification_there_is_nothing_to_send_again(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.now += MINUTE
    with pytest.raises(Conflict):
        world.send_again(token)


def test_a_mail_that_must_wait_for_a_new_code_takes_nothing_of_the_budget(
    world: World,
) -> None:
    """The new code was asked for and has not come; its own mail may be on its way."""
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    world.pool.events.clear()
    reference = world.lookup.registration(token).current
    world.now += MINUTE
    world.work(Job(JobKind.REISSUE_LOST, reference))
    world.pool.events.clear()
    world.now += MINUTE
    world.send_again(token)
    taken = world.placed
    world.work(world.queue.waiting.pop()[1])
    assert world.placed == taken
    ((until, job),) = world.queue.waiting
    assert (until, job.kind) == (START + 6 * MINUTE, JobKind.SEND_AGAIN)


@pytest.mark.parametrize("ends", ["cancel", "verify"])
def test_tomorrows_place_of_a_mail_that_is_not_needed_is_given_back(ends: str) -> None:
    world = World(2)
    tokens = [world.ask(f"a@d{n}.example{n}.com", client=f"198.51.{n}.1") for n in range(2)]
    world.run()
    world.now += MINUTE
    world.send_again(tokens[0])
    world.run()
    tomorrow = japan_day(world.now) + DAY
    assert world.counters.read(MAILS, tomorrow).placed == 1
    if ends == "cancel":
        world.cancel(tokens[0])
    else:
        world.verify(tokens[0], world.code(tokens[0]))
    world.wait(minutes=10)
    assert world.counters.read(MAILS, tomorrow).placed == 0
