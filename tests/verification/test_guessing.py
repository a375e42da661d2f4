"""Guessing at the codes of one address: how often it works, and that it keeps no owner out."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.clock import DAY, MINUTE
from chalicelib.errors import (
    CodeExpired,
    CodeMismatch,
    Conflict,
    Invalid,
    NoRegistration,
    TooManyAttempts,
    TryLater,
    Wait,
)
from chalicelib.jobs import MailAgain
from chalicelib.limits import counters as holders
from chalicelib.limits.code_attempts import GUESSED_AT, SHORT_CODES
from chalicelib.limits.mailbox import SLOW_LANE
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import World

EMAIL = "taro@docomo.ne.jp"
REFUSED = (CodeMismatch, CodeExpired, TooManyAttempts, NoRegistration, Conflict, TryLater, Invalid)


def guessed_at(world: World, times: int = GUESSED_AT) -> None:
    """As if so many codes had been tried for ``EMAIL`` this season."""
    token = world.ask(EMAIL, client="203.0.113.7")
    mailbox = world.lookup.registration(token).attempt.limit
    world.counters.add(holders.codes(mailbox), None, tried=times)
    world.cancel(token)
    world.wait(minutes=3)


def comes_once_more(world: World, token: str) -> None:
    """Lambda brings the event of the code, and the queue its mail, once more."""
    reference = world.lookup.registration(token).current
    world.pool.events.append((reference, False, world.pool.users[reference].code))
    world.deliver()
    world.services.verification.send_kept_code(MailAgain(reference, 0))


def test_an_address_that_is_guessed_at_gets_codes_of_ten_digits(world: World) -> None:
    guessed_at(world)
    token = world.ask(EMAIL)
    world.run()
    code = world.code(token)
    assert len(code) == 10
    assert world.verify(token, code).attempt.state is AttemptState.VERIFIED


def test_below_that_they_have_six(world: World) -> None:
    guessed_at(world, GUESSED_AT - 1)
    token = world.ask(EMAIL)
    world.run()
    assert len(world.code(token)) == 6


def test_cognito_is_not_asked_about_a_code_whose_further_digits_are_wrong(world: World) -> None:
    guessed_at(world)
    token = world.ask(EMAIL)
    world.run()
    code = world.code(token)
    before = list(world.pool.calls)
    for left in (4, 3, 2):
        with pytest.raises(CodeMismatch) as refused:
            world.verify(token, f"{code[:6]}{(int(code[6:]) + 1) % 10_000:04}")
        assert refused.value.attempts_left == left
    assert world.pool.calls == before
    assert world.verify(token, code).attempt.state is AttemptState.VERIFIED


def test_cognito_is_not_asked_about_a_code_that_nobody_was_mailed_yet(world: World) -> None:
    """Between Cognito and us it has six digits; whoever typed them then needed no more."""
    guessed_at(world)
    token = world.ask(EMAIL)
    world.work(world.queue.waiting.pop()[1])
    ((_, _, code),) = world.pool.events
    before = list(world.pool.calls)
    with pytest.raises(CodeMismatch):
        world.verify(token, code)
    assert world.pool.calls == before
    world.deliver()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


@pytest.mark.parametrize(
    ("times", "code", "told"),
    [(0, "1234567890", "not-six-digits"), (GUESSED_AT, "123456", "not-ten-digits")],
)
def test_a_code_of_the_wrong_length_costs_no_attempt(
    world: World, times: int, code: str, told: str
) -> None:
    guessed_at(world, times)
    token = world.ask(EMAIL)
    world.run()
    with pytest.raises(Invalid) as refused:
        world.verify(token, code)
    assert [field.code for field in refused.value.fields] == [told]
    assert world.view(token).attempts_left == 5


def test_what_is_sent_again_is_as_long_as_it_was(world: World) -> None:
    token = world.ask(EMAIL)
    world.run()
    short = world.code(token)
    guessed_at(world)
    world.wait(minutes=1)
    world.send_again(token)
    world.run()
    assert world.code(token) == short
    comes_once_more(world, token)
    assert world.lookup.registration(token).attempt.code_tail == ""
    assert world.verify(token, short).attempt.state is AttemptState.VERIFIED


def test_a_long_code_is_the_one_that_was_mailed_however_often_it_comes(world: World) -> None:
    """Its further digits are drawn here: drawn once more, the code in the mail would be dead."""
    guessed_at(world)
    token = world.ask(EMAIL)
    world.run()
    mailed = world.code(token)
    comes_once_more(world, token)
    world.now += MINUTE
    world.send_again(token)
    world.run()
    comes_once_more(world, token)
    reference = world.lookup.registration(token).current
    assert [code for r, code in world.mails if r == reference] == [mailed, mailed]
    assert len(mailed) == 10
    assert world.verify(token, mailed).attempt.state is AttemptState.VERIFIED


def test_a_new_code_after_that_is_long(world: World) -> None:
    token = world.ask(EMAIL)
    world.run()
    guessed_at(world)
    world.now += DAY + MINUTE
    world.send_again(token)
    world.wait(minutes=2)
    assert len(world.code(token)) == 10
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_another_registrations_further_digits_are_others(world: World) -> None:
    guessed_at(world)
    tokens = [world.ask(EMAIL, client=f"192.0.2.{n}") for n in (1, 2)]
    world.wait(minutes=2)
    first, second = (world.code(token) for token in tokens)
    assert first[6:] != second[6:]


def test_one_mail_burns_the_fifty_and_the_owner_still_has_five_of_his_own(world: World) -> None:
    stranger, tried = world.ask(EMAIL, client="198.51.100.1"), 0
    world.run()
    for _ in range(13 * 60):  # until midnight in Japan
        try:
            world.verify(stranger, "000000")
        except CodeMismatch:
            tried += 1
        except TooManyAttempts:
            pass
        world.now += MINUTE
    assert tried == 50
    owner = world.ask(EMAIL, client="203.0.113.1")
    world.wait(minutes=2)
    for _ in range(4):
        with pytest.raises(CodeMismatch):
            world.verify(owner, "000000")
    assert world.verify(owner, world.code(owner)).attempt.state is AttemptState.VERIFIED


def test_with_all_the_networks_he_wants_a_stranger_has_fewer_than_1000_guesses_a_season() -> None:
    """As many networks ask as get a mail, each has its code again and anew as often as it may, and
    tries whatever it may; until every code that can still be mailed has ten digits."""
    world, guesses, networks, tokens = World(10_000), 0, count(), list[str]()

    def ask() -> None:
        n = next(networks)
        tokens.append(world.ask(EMAIL, client=f"198.{n // 250}.{n % 250}.1"))

    for _ in range(20):
        ask()
    for half_hour in range(10 * 48):
        ask()
        world.sweep()
        world.run()
        short = 0
        for token in tokens:
            with suppress(*REFUSED, Wait):
                world.send_again(token)
            view = world.view(token)
            tail = world.lookup.registration(token).attempt.code_tail
            mailed = view.state == "awaiting_code" and not tail
            short += mailed
            while mailed:
                try:
                    world.verify(token, "000000")
                except CodeMismatch:
                    guesses += 1
                except REFUSED:
                    break
        if half_hour > 48 and not short:
            break
        world.now += timedelta(minutes=30)
    assert not short
    assert GUESSED_AT < guesses < 1000
    # The owner is not kept out.
    owner = world.ask(EMAIL, client="203.0.113.1")
    asked_at = world.now
    while world.view(owner).code_expires_at is None:
        world.sweep()
        world.wait(minutes=1)
    assert world.now - asked_at < next(networks) * SLOW_LANE
    assert world.verify(owner, world.code(owner)).attempt.state is AttemptState.VERIFIED


@pytest.mark.parametrize("networks", [20, 66])
def test_resends_that_are_saved_for_a_week_and_asked_for_at_once_are_fewer_than_1000_guesses(
    networks: int,
) -> None:
    """Each brought a code of six digits: nobody had tried one yet. 66 networks had 1,985."""
    world, tokens, guesses = World(45_000), list[str](), 0
    for half_hour in range(int(6.9 * 48)):
        with suppress(Wait):
            tokens.append(world.ask(EMAIL, client=f"198.51.{half_hour % networks}.1"))
        world.sweep()
        world.run()
        world.now += timedelta(minutes=30)
    for token in tokens:
        with suppress(*REFUSED, Wait):
            world.send_again(token)
    world.sweep()
    world.run()
    for token in tokens:
        with suppress(*REFUSED):
            while not world.lookup.registration(token).attempt.code_tail:
                with suppress(CodeMismatch):
                    world.verify(token, "000000")
                guesses += 1
    assert guesses < 1000
    short = {code for _, code in world.mails if len(code) == 6}
    assert len(short) <= SHORT_CODES


def test_other_spellings_of_a_mailbox_are_guessed_at_with_it(world: World) -> None:
    """``ta.ro`` and ``taro+1`` are ``taro`` to Gmail; else each would have guesses of its own."""
    stranger = world.ask("ta.ro+1@gmail.com", client="198.51.100.1")
    world.run()
    with pytest.raises(CodeMismatch):
        world.verify(stranger, "000000" if world.code(stranger) != "000000" else "000001")
    owner = world.ask("taro@gmail.com", client="203.0.113.9")
    holder = holders.codes(world.lookup.registration(owner).attempt.limit)
    assert world.counters.read(holder, None).tried == 1
    world.counters.add(holder, None, tried=GUESSED_AT)
    world.ask("taro+2@gmail.com", client="198.51.100.2")
    world.wait(minutes=3)
    assert len(world.mails[-1][1]) == 10
