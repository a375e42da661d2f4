"""The cookie's token: what a kept copy of it is worth, and what a lost answer costs."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from operator import and_, or_

import pytest
from msgspec.structs import replace

from chalicelib.errors import (
    CodeMismatch,
    NoRegistration,
    TooManyAttempts,
)
from chalicelib.limits.network import Visitor
from chalicelib.verification.cookie_token import EXCHANGED_FOR, Token, draw_token, parse_token
from tests.in_memory.world import World


@pytest.fixture
def world() -> World:
    return World()


def uses(world: World, cookie: str) -> dict[str, Callable[[], object]]:
    """Everything that a cookie opens."""
    registration, verification = world.services.registration, world.services.verification
    return {
        "look": lambda: verification.lookup.registration(cookie),
        "send again": lambda: verification.send_again(cookie, visitor=Visitor("192.0.2.1")),
        "correct": lambda: registration.correct(
            cookie, "hana@example.ed.jp", as_typed=False, visitor=Visitor("192.0.2.1")
        ),
        "verify": lambda: verification.verify(cookie, "000000"),
        "complete": lambda: registration.complete(cookie, "three quiet herons"),
        "cancel": lambda: registration.cancel(cookie),
    }


USES = ["look", "send again", "correct", "verify", "complete", "cancel"]


@pytest.mark.parametrize("use", USES)
def test_a_copy_from_before_a_correction_opens_nothing(world: World, use: str) -> None:
    token = world.ask()
    copy = world.cookie(token)
    world.correct(token, "jiro@example.ed.jp")
    with pytest.raises(NoRegistration):
        uses(world, copy)[use]()
    assert world.view(token).email == "jiro@example.ed.jp"


@pytest.mark.parametrize("use", [use for use in USES if use != "verify"])
def test_a_copy_from_before_the_proof_opens_nothing(world: World, use: str) -> None:
    token = world.ask()
    world.run()
    copy = world.cookie(token)
    world.verify(token, world.code(token))
    with pytest.raises(NoRegistration):
        uses(world, copy)[use]()
    world.complete(token, "three quiet herons")


def test_who_left_a_registration_on_a_shared_computer_does_not_get_the_next_ones_account(
    world: World,
) -> None:
    """Begun by one who keeps the cookie; corrected and proven by the next; finished by whom?"""
    shared = world.ask("stranger@example.ed.jp")
    kept = world.cookie(shared)
    world.correct(shared, "owner@example.ed.jp")
    kept_too = world.cookie(shared)
    world.run()
    world.verify(shared, world.code(shared))
    for copy in (kept, kept_too):
        with pytest.raises(NoRegistration):
            world.services.registration.complete(copy, "the stranger's own")
        with pytest.raises((NoRegistration, CodeMismatch)):
            world.services.verification.verify(copy, "000000")


def test_asking_with_another_address_over_a_copied_cookie_renews_it_too(world: World) -> None:
    shared = world.ask("stranger@example.ed.jp")
    kept = world.cookie(shared)
    world.ask("owner@example.ed.jp", token=shared)
    assert world.services.verification.lookup.seen(kept) is None
    assert world.view(shared).email == "owner@example.ed.jp"


def test_a_right_code_whose_answer_was_lost_leads_to_the_same_token(world: World) -> None:
    token = world.ask()
    world.run()
    before, code = world.cookie(token), world.code(token)
    proven = world.services.verification.verify(before, code)
    for _ in range(3):
        assert world.services.verification.verify(before, code).token == proven.token
    assert proven.token != before
    assert world.services.verification.lookup.registration(proven.token).attempt.state == "verified"


def test_no_other_code_leads_there(world: World) -> None:
    token = world.ask()
    world.run()
    before, code = world.cookie(token), world.code(token)
    world.verify(token, code)
    guesses = [f"{n:06}" for n in range(50) if f"{n:06}" != code]
    answers = []
    for guess in guesses:
        with pytest.raises((CodeMismatch, TooManyAttempts)) as error:
            world.services.verification.verify(before, guess)
        answers.append(type(error.value))
    assert answers[:5] == [CodeMismatch] * 5
    assert set(answers[5:]) == {TooManyAttempts}


def test_after_some_minutes_not_even_the_right_one_does(world: World) -> None:
    token = world.ask()
    world.run()
    before, code = world.cookie(token), world.code(token)
    world.verify(token, code)
    world.now += EXCHANGED_FOR
    kept = list(world.table.registrations.values())
    with pytest.raises(NoRegistration):
        world.services.verification.verify(before, code)
    assert list(world.table.registrations.values()) == kept, "a dead cookie writes nothing"


def test_a_correction_whose_answer_was_lost_leads_to_the_same_token_by_its_key(
    world: World,
) -> None:
    token = world.ask()
    before = world.cookie(token)

    def correct(key: str | None, email: str = "jiro@example.ed.jp") -> str:
        return world.services.registration.correct(
            before, email, as_typed=False, visitor=Visitor("192.0.2.1"), idempotency_key=key
        ).token

    after = correct("form-1")
    assert correct("form-1") == after != before
    for key, email in (
        (None, "jiro@example.ed.jp"),
        ("form-2", "jiro@example.ed.jp"),
        ("form-1", "hana@example.ed.jp"),
    ):
        with pytest.raises(NoRegistration):
            correct(key, email)
    world.now += EXCHANGED_FOR
    with pytest.raises(NoRegistration):
        correct("form-1")
    world.wait(minutes=2)
    assert len(world.mails) == 1


def test_a_double_tap_without_a_key_is_one_correction_for_seconds_only(world: World) -> None:
    token = world.ask()
    before = world.cookie(token)

    def correct(client: str = "192.0.2.1") -> str:
        return world.services.registration.correct(
            before, "jiro@example.ed.jp", as_typed=False, visitor=Visitor(client)
        ).token

    after = correct()
    world.now += timedelta(seconds=9)
    with pytest.raises(NoRegistration):
        correct("198.51.100.1")
    assert correct() == after
    world.now += timedelta(seconds=1)
    with pytest.raises(NoRegistration):
        correct()


def test_a_form_posted_twice_over_a_registration_is_one_correction(world: World) -> None:
    token = world.ask("taro@example.ed.jp")
    before = world.cookie(token)

    def post() -> str:
        return world.start(
            "jiro@example.ed.jp",
            locale="ja",
            as_typed=False,
            token=before,
            idempotency_key="form-2",
            visitor=Visitor("192.0.2.1"),
        ).token

    assert post() == post()
    assert len(world.table.registrations) == 1


def test_two_corrections_at_once_by_one_form_are_one(world: World) -> None:
    token = world.ask()
    before = world.cookie(token)
    tokens: list[str] = []

    def correct() -> None:
        tokens.append(
            world.services.registration.correct(
                before,
                "jiro@example.ed.jp",
                as_typed=False,
                visitor=Visitor("192.0.2.1"),
                idempotency_key="form-1",
            ).token
        )

    world.table.races.append(correct)
    correct()
    assert tokens[0] == tokens[1]
    world.wait(minutes=2)
    assert len(world.mails) == 1


def test_the_tries_with_an_old_cookie_cost_its_owner_nothing(world: World) -> None:
    token = world.ask()
    world.run()
    before = world.cookie(token)
    world.verify(token, world.code(token))
    for n in range(9):
        with pytest.raises((CodeMismatch, TooManyAttempts)):
            world.services.verification.verify(before, f"00000{n}")
    world.complete(token, "three quiet herons")
    world.complete(token, "three quiet herons")


def test_the_record_does_not_hold_what_opens_it(world: World) -> None:
    token = world.ask(idempotency_key="form-1")
    world.correct(token, "jiro@example.ed.jp", key="form-2")
    world.run()
    world.verify(token, world.code(token))
    ((_, kept),) = world.table.registrations.values()
    secret = world.cookie(token).partition(".")[2]
    assert len(secret) >= 32
    assert secret not in repr(kept)
    assert world.code(token) not in repr(kept)


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        ".",
        "a.",
        ".b",
        "ab",
        " . ",
        f"ref#7Q4K2M9X8T.{'s' * 43}",
        f"{'0' * 2100}.{'s' * 43}",
        f"{'0' * 32}.{'s' * 2100}",
        f"{'0' * 32}.{'s' * 43}\n",
        f"{'A' * 32}.{'s' * 43}",
    ],
)
def test_what_is_no_token_opens_nothing(world: World, cookie: str | None) -> None:
    world.ask()
    assert parse_token(cookie) is None
    with pytest.raises(NoRegistration):
        world.services.verification.lookup.registration(cookie)


def test_a_registration_without_a_token_is_opened_by_none(world: World) -> None:
    token = parse_token(world.ask())
    assert token is not None
    version, kept = world.table.registrations[token.id]
    world.table.registrations[token.id] = (version, replace(kept, token=""))
    for cookie in (str(token), f"{token.id}.{'x' * 43}"):
        with pytest.raises(NoRegistration):
            world.services.verification.lookup.registration(cookie)


def test_a_drawn_token_is_read_as_it_is_written() -> None:
    drawn = draw_token()
    assert parse_token(str(drawn)) == drawn
    assert Token("a", "b").hash != Token("a", "c").hash


def test_a_tokens_secret_has_256_random_bits_and_its_id_128() -> None:
    drawn = [draw_token() for _ in range(200)]
    secrets = [urlsafe_b64decode(f"{token.secret}=") for token in drawn]
    ids = [bytes.fromhex(token.id) for token in drawn]
    for length, values in ((32, secrets), (16, ids)):
        assert {len(value) for value in values} == {length}
        # Of 200 draws each bit is set in some and not in others.
        assert reduce(or_, (int.from_bytes(v) for v in values)) == 256**length - 1
        assert reduce(and_, (int.from_bytes(v) for v in values)) == 0
