"""Changes that come when their attempt was corrected away, or its code replaced, meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.clock import CLOCKS_APART, DAY, HOUR, MINUTE
from chalicelib.limits.budget import MailPlace
from chalicelib.limits.network import Admitted
from chalicelib.verification import mail_turn, transitions
from chalicelib.verification.model import Registration
from tests.in_memory.world import START, World

GONE = "NOBODYSREF"

CHANGES: dict[str, Callable[[Registration], Registration]] = {
    "postponed": lambda r: mail_turn.postponed(r, GONE, START, START),
    "placed": lambda r: mail_turn.placed(r, GONE, MailPlace(START.date(), START), START),
    "not placed": lambda r: mail_turn.not_placed(r, GONE, START),
    "signing up": lambda r: transitions.signing_up(r, GONE, None, START),
    "signed up": lambda r: transitions.signed_up(r, GONE, START),
    "reissuing": lambda r: transitions.reissuing(r, replace(r.attempt, reference=GONE), START),
    "mail handed on": lambda r: transitions.mail_handed_on(r, GONE),
    "mail handed over": lambda r: transitions.mail_handed_over(r, GONE, 1),
    "code issued": lambda r: transitions.code_issued(r, GONE, START, ""),
    "code died": lambda r: transitions.code_died(r, GONE, START, START),
    "no such domain": lambda r: transitions.no_such_domain(r, GONE, START),
    "address refused": lambda r: transitions.address_refused(r, GONE),
}


def test_another_attempt_for_the_same_address_has_worked_no_more_than_the_first(
    world: World,
) -> None:
    attempt = world.lookup.registration(world.ask()).attempt
    for unworked in (False, True):
        anew = transitions.begun_anew(
            replace(attempt, unworked=unworked), transitions.draw_attempt(), START
        )
        assert anew.unworked == unworked


def test_who_took_no_place_postpones_nothing_that_has_one(world: World) -> None:
    registration = world.lookup.registration(world.ask())
    late = registration.attempt.asked_at - MINUTE
    reference = registration.current
    assert mail_turn.postponed(registration, reference, START + DAY, late) is registration
    assert mail_turn.not_placed(registration, reference, late) is registration


def test_a_mail_that_is_asked_for_takes_a_place_of_its_own(world: World) -> None:
    """Whatever became of the one for the mail before."""
    registration = world.lookup.registration(world.ask())
    registration = registration.with_attempt(replace(registration.attempt, placing_at=START))
    assert (
        transitions.mail_asked(
            registration, Admitted("net", START), START, START
        ).attempt.placing_at
        is None
    )


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes(world: World, change: str) -> None:
    registration = world.lookup.registration(world.ask())
    assert CHANGES[change](registration) is registration


def _with_code(world: World, expires: datetime | None) -> Registration:
    registration = world.lookup.registration(world.ask())
    return registration.with_attempt(replace(registration.attempt, code_expires_at=expires))


def test_a_code_that_died_is_dead_by_every_clock(world: World) -> None:
    """A job that began a moment ago, or has another clock, must not take it for one that works."""
    expires = START + timedelta(hours=3)
    registration = _with_code(world, expires)
    died = transitions.code_died(registration, registration.current, expires, START)
    begun = START - timedelta(minutes=1) - CLOCKS_APART
    after = transitions.reissuing(died, died.attempt, begun)
    assert after.attempt.reissued_at == begun


def test_a_new_code_that_was_refused_is_missing_and_its_mail_waits_as_before(world: World) -> None:
    before = _with_code(world, START)
    asked = transitions.reissuing(before, before.attempt, START + DAY)
    assert asked.attempt.expected_at is None
    after = transitions.not_reissued(asked, before.attempt, START + DAY).attempt
    assert (after.reissued_at, after.code_expires_at) == (None, None)
    assert after.expected_at == before.attempt.expected_at
    later = transitions.reissuing(before, before.attempt, START + DAY + MINUTE)
    assert transitions.not_reissued(later, before.attempt, START + DAY) is later


def test_a_mail_asked_for_while_a_new_code_was_refused_keeps_its_own_time(world: World) -> None:
    before = _with_code(world, START)
    before = before.with_attempt(transitions.waiting(before.attempt, START, START))
    asked = transitions.reissuing(before, before.attempt, START)
    own = transitions.mail_asked(asked, Admitted("", START), START + HOUR, START)
    after = transitions.not_reissued(own, before.attempt, START).attempt
    assert after.expected_at == START + HOUR


def test_a_mail_asked_for_just_before_a_new_code_keeps_its_own_time(world: World) -> None:
    before = _with_code(world, START)
    own = transitions.mail_asked(before, Admitted("", START), START + HOUR, START)
    asked = transitions.reissuing(own, before.attempt, START + MINUTE).attempt
    assert (asked.reissued_at, asked.expected_at) == (START + MINUTE, START + HOUR)


def test_a_user_whom_the_pool_knows_has_a_code_of_the_call_that_made_it(world: World) -> None:
    registration = world.lookup.registration(world.ask())
    reference, later = registration.current, START + DAY
    once = transitions.signing_up(registration, reference, None, START)
    again = transitions.signing_up(once, reference, None, later, anew=False)
    assert again.attempt.signup_at == START
    assert transitions.signing_up(once, reference, None, later).attempt.signup_at == later


@pytest.mark.parametrize("now_kept", [None, START + timedelta(hours=24)])
def test_that_a_code_died_says_nothing_of_another(world: World, now_kept: datetime | None) -> None:
    """It has come, or was asked for, while Cognito was asked about the one before."""
    registration = _with_code(world, now_kept)
    died = transitions.code_died(registration, registration.current, START, START)
    assert died is registration
