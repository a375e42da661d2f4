"""Which codes work, for how long, and how often one may guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from chalicelib.clock import japan_day
from chalicelib.identity.address import parse_address
from chalicelib.limits import counters as holders
from chalicelib.limits.code_attempts import GUESSED_AT
from local.server import LocalServer
from tests.flow.client import Client, at_once, other

DAY = 24 * 3600


def coded(machine: LocalServer, applicant: Client, email: str) -> str:
    """Register; the code that came."""
    assert applicant.register(email).status == 202
    applicant.awaiting_code()
    code = machine.mailbox.to(email)[0].code
    assert code
    return code


def test_any_of_three_mails_works(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    code = coded(machine, applicant, email)
    for count in (2, 3):
        ahead(61)
        assert applicant.send_again().status == 202
        machine.wait_for_mail(email, count)
    mails = machine.mailbox.to(email)
    assert [mail.code for mail in mails] == [code] * 3
    assert len({mail.subject for mail in mails}) == 1, "one label for one page"
    assert applicant.verify(code).status == 200


def test_an_expired_code_says_so_and_sending_again_brings_a_new_one(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    old = coded(machine, applicant, email)
    ahead(DAY + 60)
    assert applicant.current()["state"] == "expired"
    refused = applicant.verify(old)
    assert (refused.status, refused.problem) == (422, "code-expired")
    assert refused.errors == [("code", "expired")]

    again = applicant.send_again()
    assert again.status == 202
    machine.wait_for_mail(email, 2)
    seen = applicant.until(lambda it: it["code_expires_at"])
    assert seen["state"] == "awaiting_code"
    life = datetime.fromisoformat(seen["code_expires_at"]) - machine.clock()
    assert DAY - 60 < life.total_seconds() <= DAY
    new = machine.mailbox.to(email)[0].code
    assert new
    assert new != old
    assert applicant.verify(new).status == 200


def test_a_code_still_works_just_before_its_time_is_up(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    code = coded(machine, applicant, email)
    ahead(DAY - 60)
    assert applicant.current()["state"] == "awaiting_code"
    assert applicant.verify(code).status == 200


def test_a_code_may_be_typed_as_people_type(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    code = coded(machine, applicant, email)
    wide = code.translate({ord("0") + n: ord("０") + n for n in range(10)})
    typed = f" {wide[:2]}　{wide[2:4]}ー{code[4]}-{code[5]}\n"
    assert applicant.verify(typed).status == 200


def test_what_is_no_code_costs_no_attempt(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    coded(machine, applicant, email)
    for typed, error in (
        ("", "empty"),
        (" ー ", "empty"),
        ("12345", "not-six-digits"),
        ("1234567", "not-six-digits"),
        ("12345a", "not-six-digits"),
        ("一二三四五六", "not-six-digits"),
        ("1" * 5000, "not-six-digits"),
    ):
        refused = applicant.verify(typed)
        assert (refused.status, refused.problem) == (422, "invalid"), typed
        assert refused.errors == [("code", error)]
    assert applicant.current()["attempts_left"] == 5


def test_five_wrong_codes_then_waits_of_one_five_and_fifteen_minutes(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    code = coded(machine, applicant, email)
    for left in (4, 3, 2, 1, 0):
        refused = applicant.verify(other(code))
        assert (refused.status, refused.problem) == (422, "code-mismatch")
        assert refused.json["attempts_left"] == left
        assert refused.errors == [("code", "mismatch")]
    for minutes in (1, 5, 15, 15):
        locked = applicant.verify(code)
        assert (locked.status, locked.problem) == (429, "too-many-attempts")
        wait = int(locked.header("retry-after"))
        assert (minutes - 1) * 60 < wait <= minutes * 60
        assert applicant.current()["attempts_left"] == 0
        ahead(wait + 1)
        assert applicant.current()["attempts_left"] == 1
        assert applicant.verify(other(code)).problem == "code-mismatch"
    ahead(16 * 60)
    assert applicant.verify(code).status == 200, "the right code works after all"


def test_no_more_than_fifteen_codes_an_hour(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    code = coded(machine, applicant, email)
    tried = 0
    started = machine.clock()
    while (machine.clock() - started).total_seconds() < 3500:
        refused = applicant.verify(other(code))
        if refused.status == 422:
            tried += 1
        else:
            ahead(int(refused.header("retry-after")) + 1)
    assert tried <= 15


def test_guesses_at_once_never_exceed_five(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    applicant = client()
    code = coded(machine, applicant, email)
    answers = at_once(client, applicant, lambda it: it.verify(other(code)), 16)
    told = Counter((answer.status, answer.problem) for answer in answers)
    # A browser that races with itself may be asked to come again; it is never given a sixth.
    assert told[422, "code-mismatch"] <= 5
    assert told.keys() <= {(422, "code-mismatch"), (429, "too-many-attempts"), (503, "try-later")}
    for _ in range(5):
        applicant.verify(other(code))
    assert applicant.verify(code).status == 429
    tried = machine.services.verification.lookup.registration(
        applicant.cookies["todoku_registration"]
    ).wrong
    assert len(tried) == 5


def test_the_right_code_several_times_at_once_is_right_each_time(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    applicant = client()
    code = coded(machine, applicant, email)
    answers = at_once(client, applicant, lambda it: it.verify(code), 5)
    assert [answer.status for answer in answers] == [200] * 5
    assert applicant.current()["state"] == "verified"
    assert applicant.complete("three quiet herons").status == 201


def test_a_stranger_without_the_cookie_cannot_use_up_the_attempts(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    owner, stranger = client(), client()
    code = coded(machine, owner, email)
    stranger.register(email)
    for _ in range(7):
        stranger.verify(other(code))
    assert stranger.verify(code).status == 429
    assert owner.current()["attempts_left"] == 5
    assert owner.verify(code).status == 200


def test_a_strangers_registration_is_not_proven_by_the_owners_code(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    owner, stranger = client(), client()
    code = coded(machine, owner, email)
    stranger.register(email)
    stranger.until(lambda it: it["state"] == "awaiting_code" or it["expected_at"])
    assert stranger.verify(code).status == 422


def test_fifty_codes_a_day_over_all_registrations_of_an_address(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    applicant = client()
    code = coded(machine, applicant, email)
    attempt = machine.services.verification.lookup.registration(
        applicant.cookies["todoku_registration"]
    ).attempt
    counters = machine.services.adapters.counters
    taken = 0
    codes = holders.codes(attempt.limit)
    while counters.take(codes, japan_day(machine.clock()), tried=50):
        taken += 1
    assert taken == 50
    # The first five of a registration are its own, whatever others did.
    for left in (4, 3, 2, 1, 0):
        assert applicant.verify(other(code)).json["attempts_left"] == left
    machine.put_forward(61)
    locked = applicant.verify(other(code))
    assert (locked.status, locked.problem) == (429, "too-many-attempts")
    assert int(locked.header("retry-after")) > 60


def test_an_address_that_is_guessed_at_has_codes_of_ten_digits(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    key = parse_address(email).limit_key(machine.services.config.pepper)
    machine.services.adapters.counters.add(holders.codes(key), None, tried=GUESSED_AT)
    code = coded(machine, applicant, email)
    assert len(code) == 10
    assert "10桁のコード" in machine.mailbox.to(email)[0].text
    assert "10桁のコードを入力" in applicant.look("/register/code").text
    short = applicant.verify(code[:6])
    assert short.json["errors"][0]["code"] == "not-ten-digits"
    wrong = f"{code[:6]}{other(code[6:])[-4:]}"
    assert applicant.verify(wrong).json["attempts_left"] == 4
    assert applicant.verify(code).status == 200


class TestALostCookie:
    """The browser was closed, or its cookies are gone, between the code and the password."""

    def test_the_verified_applicant_proves_the_address_again_and_finishes(
        self,
        machine: LocalServer,
        client: Callable[..., Client],
        email: str,
        ahead: Callable[[float], None],
    ) -> None:
        first = client()
        assert first.verify(coded(machine, first, email)).status == 200
        ahead(61)
        second = client()
        assert second.register(email).status == 202
        code = machine.wait_for_mail(email, 2)[0].code
        assert code
        assert second.verify(code).status == 200
        assert second.complete("three quiet herons").status == 201
        assert second.json("GET", "/api/v1/session").status == 200

    def test_of_two_that_proved_the_last_sets_the_password(
        self,
        machine: LocalServer,
        client: Callable[..., Client],
        email: str,
        ahead: Callable[[float], None],
    ) -> None:
        first, second = client(), client()
        assert first.verify(coded(machine, first, email)).status == 200
        ahead(61)
        second.register(email)
        code = machine.wait_for_mail(email, 2)[0].code
        assert code
        assert second.verify(code).status == 200
        late = first.complete("three quiet herons")
        assert (late.status, late.problem) == (409, "conflict")
        assert second.complete("four quiet herons").status == 201

    def test_a_code_entered_after_another_browser_finished_says_that_there_is_an_account(
        self,
        machine: LocalServer,
        client: Callable[..., Client],
        email: str,
        ahead: Callable[[float], None],
    ) -> None:
        first, second = client(), client()
        mine = coded(machine, first, email)
        ahead(61)
        second.register(email)
        machine.wait_for_mail(email, 2)
        second.awaiting_code()
        code = next(m.code for m in machine.mailbox.to(email) if m.code != mine)
        assert code
        first.verify(mine)
        assert first.complete("three quiet herons").status == 201
        wrong = second.verify(other(code))
        assert wrong.problem == "code-mismatch", "nobody learns of an account by guessing"
        exists = second.verify(code)
        assert (exists.status, exists.problem) == (409, "account-exists")
        told = second.form("/api/v1/registrations/current/verification", {"code": code})
        assert (told.status, told.header("location")) == (303, "/register/code")
        assert first.json("GET", "/api/v1/session").status == 200, (
            "the owner's account is untouched"
        )


def test_the_attempts_are_forgotten_once_the_code_was_right(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    code = coded(machine, applicant, email)
    applicant.verify(other(code))
    applicant.verify(code)
    seen = applicant.current()
    assert seen["attempts_left"] is None
    assert seen["state"] == "verified"
