"""Codes, right and wrong."""

from datetime import timedelta

import pytest

from chalicelib.clock import japan_day
from chalicelib.errors import (
    CodeMismatch,
    OutcomeUnknown,
    TooManyAttempts,
)
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import START, World

MINUTE = timedelta(minutes=1)


def test_five_wrong_codes_then_a_wait(world: World) -> None:
    token = world.ask()
    world.run()
    left = []
    for _ in range(5):
        with pytest.raises(CodeMismatch) as mismatch:
            world.verify(token, "000000")
        left.append(mismatch.value.attempts_left)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyAttempts) as raised:
        world.verify(token, world.code(token))
    assert raised.value.until == START + MINUTE
    world.now += MINUTE
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_what_is_no_code_costs_no_attempt(world: World) -> None:
    token = world.ask()
    world.run()
    for _ in range(20):
        with pytest.raises(Exception, match="not-six-digits"):
            world.verify(token, "12345")
    assert world.view(token).attempts_left == 5


def test_a_new_address_brings_no_new_attempts(world: World) -> None:
    token = world.ask()
    world.run()
    for _ in range(5):
        with pytest.raises(CodeMismatch):
            world.verify(token, "000000")
    world.correct(token, "hana@example.ed.jp")
    with pytest.raises(TooManyAttempts):
        world.verify(token, "000000")


def test_a_stranger_cannot_use_up_an_owners_attempts(world: World) -> None:
    strangers = [world.ask(client=f"198.51.100.{n}") for n in range(4)]
    world.wait(minutes=10)
    for stranger in strangers:
        for _ in range(15):
            with pytest.raises((CodeMismatch, TooManyAttempts)):
                world.verify(stranger, "000000")
            world.now += timedelta(minutes=16)
    owner = world.ask(client="192.0.2.9")
    world.wait(minutes=60)
    assert world.verify(owner, world.code(owner)).attempt.state is AttemptState.VERIFIED


def test_fifty_codes_a_day_over_all_registrations_of_an_address(world: World) -> None:
    tokens = [world.ask(client=f"198.51.100.{n}") for n in range(5)]
    world.wait(minutes=10)
    tried = 0
    for token in tokens:
        for _ in range(20):
            try:
                world.verify(token, "000000")
            except CodeMismatch:
                tried += 1
            except TooManyAttempts:
                pass
            world.now += timedelta(minutes=5)
    assert tried <= 50 + 5


def test_verifying_twice_is_verified(world: World) -> None:
    token = world.ask()
    world.run()
    code = world.code(token)
    world.verify(token, code)
    assert world.verify(token, code).attempt.state is AttemptState.VERIFIED


def test_a_lost_answer_to_a_right_code_is_no_dead_end(world: World) -> None:
    token = world.ask()
    world.run()
    world.pool.lose_answers = 1
    with pytest.raises(OutcomeUnknown):
        world.verify(token, world.code(token))
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_past_the_addresss_fifty_the_wait_ends_with_the_day(world: World) -> None:
    token = world.ask()
    world.run()
    mailbox = world.lookup.registration(token).attempt.limit
    for _ in range(5):
        with pytest.raises(CodeMismatch):
            world.verify(token, "000000")
    world.counters.add(f"codes#{mailbox}", japan_day(world.now), tried=50)
    world.now += MINUTE
    with pytest.raises(TooManyAttempts) as raised:
        world.verify(token, "000000")
    assert raised.value.until == START.replace(hour=15)


def test_a_code_typed_before_there_is_one_does_not_match_and_changes_nothing(
    world: World,
) -> None:
    token = world.ask()
    with pytest.raises(CodeMismatch) as mismatch:
        world.verify(token, "000000")
    assert mismatch.value.attempts_left == 4
    attempt = world.lookup.registration(token).attempt
    assert (attempt.state, attempt.code_expires_at) == (AttemptState.QUEUED, None)
    codes = [holder for holder, _ in world.counters.tallies if holder.startswith("codes")]
    assert codes == [], "the address's fifty are for codes that exist"
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED
