"""``/registrations``, as JSON and as forms."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import errors
from chalicelib.identity.reference import grouped
from chalicelib.limits.network import Visitor as Requester
from chalicelib.registration.view import View
from chalicelib.trail.delivery import Delivery, Step
from chalicelib.verification.model import AttemptState
from chalicelib.web.api import registrations
from chalicelib.web.event import normalize, parse_head
from chalicelib.web.routes import Operation
from tests.web.services import CHALLENGE, CODE, NOW, TOKEN, VIEW, RecordedServices
from tests.web.visitor import CURRENT, REGISTRATIONS, Answer, Visitor, event

EMAIL = {"email": "taro@gmail.com"}
PASSWORD = {"password": "three words here"}
REGISTERED = "__Host-todoku_registration"


def asked(visitor: Visitor, name: str) -> dict[str, Any]:
    """What the use case ``name`` was asked; it must have been asked once."""
    (given,) = [given for called, given in visitor.service.asked if called == name]
    return given


def values(answer: Answer) -> dict[str, str]:
    """The cookies an answer sets, by name."""
    pairs = (cookie.split(";")[0].split("=") for cookie in answer.cookies)
    return {name: value for name, value in pairs}


def test_an_address_is_accepted_and_the_browser_recognised() -> None:
    visitor = Visitor()
    answer = visitor.json("POST", REGISTRATIONS, EMAIL, token="", stage="/dev")
    assert answer.status == 202
    assert answer.headers["location"] == f"/dev{CURRENT}"
    token = values(answer)[REGISTERED]
    kept = visitor.service.verification.lookup.seen(token)
    assert kept is not None
    assert answer.json["reference"] == grouped(kept.registration.current)
    assert f"{REGISTERED}={token}; Path=/; Max-Age=604800; " in answer.cookies[0]
    assert asked(visitor, "ask") == {
        "email": "taro@gmail.com",
        "locale": "ja",
        "as_typed": False,
        "token": None,
        "idempotency_key": None,
        "visitor": Requester("203.0.113.9", None, can_solve=True),
    }


def test_everything_that_was_sent_is_handed_on() -> None:
    visitor = Visitor()
    body = {**EMAIL, "locale": "en", "as_typed": True, "altcha": "solved"}
    answer = visitor.json(
        "POST", REGISTRATIONS, body, headers={"Idempotency-Key": "k1 is a random text"}
    )
    assert asked(visitor, "ask") == {
        "email": "taro@gmail.com",
        "locale": "en",
        "as_typed": True,
        "token": TOKEN,
        "idempotency_key": "k1 is a random text",
        "visitor": Requester("203.0.113.9", "solved", can_solve=True),
    }
    assert values(answer)["__Host-lang"] == "en"


def test_without_a_locale_the_browsers_language_is_the_mails() -> None:
    visitor = Visitor()
    visitor.json("POST", REGISTRATIONS, EMAIL, headers={"Accept-Language": "en-GB"})
    assert asked(visitor, "ask")["locale"] == "en"


def test_a_form_goes_on_with_the_next_page() -> None:
    visitor = Visitor()
    answer = visitor.form(
        REGISTRATIONS, {**EMAIL, "_once": "k2 is a random text", "locale": "ja"}, stage="/dev"
    )
    assert (answer.status, answer.headers["location"]) == (303, "/dev/register/code")
    assert values(answer) == {REGISTERED: TOKEN, "__Host-lang": "ja"}
    given = asked(visitor, "ask")
    assert given["idempotency_key"] == "k2 is a random text"
    assert not given["visitor"].can_solve


@pytest.mark.parametrize(("length", "status"), [(15, 400), (16, 202), (200, 202), (201, 400)])
def test_an_idempotency_key_is_neither_guessed_nor_endless(length: int, status: int) -> None:
    headers = {"Idempotency-Key": "k" * length}
    assert Visitor().json("POST", REGISTRATIONS, EMAIL, headers=headers).status == status


def test_a_refusal_is_in_the_language_of_the_registration() -> None:
    visitor = Visitor(RecordedServices().refusing("ask", errors.EmailTypo("taro@gmail.com")))
    english = visitor.json("POST", REGISTRATIONS, {**EMAIL, "locale": "en"})
    browser = {"Accept-Language": "en"}
    named = visitor.json("POST", REGISTRATIONS, EMAIL, headers=browser, token="")
    assert english.json["title"] == named.json["title"]
    assert english.json["suggestion"] == "taro@gmail.com"


def test_a_later_refusal_is_in_the_language_of_the_registration_too() -> None:
    """The registration is in Japanese. A language that was chosen is stronger."""
    visitor = Visitor(RecordedServices().refusing("verify", errors.CodeMismatch(4)))
    code = {"code": "123456"}
    browser = {"Accept-Language": "en"}

    def title(**more: Any) -> str:
        answer = visitor.json("POST", f"{CURRENT}/verification", code, **more)
        return str(answer.json["title"])

    assert title(headers=browser) == title()
    assert title(headers=browser, query={"lang": "en"}) != title()
    nobody = Visitor(RecordedServices().refusing("current", errors.NoRegistration()))
    refused = nobody.json("GET", CURRENT, headers=browser)
    assert refused.status == 404
    assert refused.json["title"].isascii()


def test_a_language_that_was_chosen_is_told_to_what_mails() -> None:
    visitor = Visitor()
    visitor.json("POST", f"{CURRENT}/code", None, query={"lang": "en"})
    assert asked(visitor, "resend")["locale"] == "en"
    visitor = Visitor()
    visitor.json("POST", f"{CURRENT}/code", None, headers={"Accept-Language": "en"})
    assert asked(visitor, "resend")["locale"] is None


STEPS: list[tuple[str, str, dict[str, str] | None, int, str, str]] = [
    ("GET", CURRENT, None, 200, "current", ""),
    ("POST", f"{CURRENT}/code", None, 202, "resend", "/register/code"),
    ("PUT", f"{CURRENT}/email", EMAIL, 202, "correct", "/register/code"),
    ("POST", f"{CURRENT}/verification", {"code": "123456"}, 200, "verify", "/register/password"),
    ("POST", f"{CURRENT}/account", PASSWORD, 201, "complete", "/register/done"),
    ("DELETE", CURRENT, None, 204, "cancel", "/"),
]


def before(name: str) -> RecordedServices:
    """A registration that is ready for this step."""
    proven = name == "complete"
    return RecordedServices(state=AttemptState.VERIFIED if proven else AttemptState.AWAITING_CODE)


CHANGES = [step for step in STEPS if step[0] != "GET"]


@pytest.mark.parametrize(("method", "path", "body", "status", "name", "page"), STEPS)
def test_each_step_as_json(
    method: str, path: str, body: Any, status: int, name: str, page: str
) -> None:
    visitor = Visitor(before(name))
    answer = visitor.json(method, path, body)
    assert answer.status == status
    assert asked(visitor, name)["token"] == TOKEN
    if status == 204:
        assert answer.body == ""
        assert "content-type" not in answer.headers
    else:
        assert answer.json["reference"] == VIEW.reference


@pytest.mark.parametrize(("method", "path", "body", "status", "name", "page"), CHANGES)
def test_each_step_as_a_form(
    method: str, path: str, body: Any, status: int, name: str, page: str
) -> None:
    visitor = Visitor(before(name))
    hidden = {} if method == "POST" else {"_method": method}
    answer = visitor.form(path, {**(body or {}), **hidden}, stage="/dev")
    assert (answer.status, answer.headers["location"]) == (303, f"/dev{page}")
    assert answer.headers["cache-control"] == "no-store"
    assert asked(visitor, name)["token"] == TOKEN


@pytest.mark.parametrize(("method", "path", "body", "status", "name", "page"), STEPS)
def test_each_step_needs_a_registration(
    method: str, path: str, body: Any, status: int, name: str, page: str
) -> None:
    answer = Visitor().json(method, path, body, token="")
    assert (answer.status, answer.problem) == (404, "no-registration")
    assert answer.cookies == []


@pytest.mark.parametrize(("method", "path", "body", "status", "name", "page"), CHANGES)
def test_a_form_without_a_registration_is_answered_with_a_page(
    method: str, path: str, body: Any, status: int, name: str, page: str
) -> None:
    hidden = {} if method == "POST" else {"_method": method}
    answer = Visitor().form(path, {**(body or {}), **hidden}, token="")
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_the_corrected_address_is_handed_on() -> None:
    visitor = Visitor()
    visitor.json(
        "PUT", f"{CURRENT}/email", {"email": "a@gmai.com", "as_typed": True, "altcha": "solved"}
    )
    assert asked(visitor, "correct") == {
        "token": TOKEN,
        "email": "a@gmai.com",
        "as_typed": True,
        "visitor": Requester("203.0.113.9", "solved", can_solve=True),
        "locale": None,
        "idempotency_key": None,
    }


@pytest.mark.parametrize(
    ("call", "body"),
    [("verification", {"code": CODE}), ("email", {"email": "a@example.ed.jp"})],
)
def test_what_renews_the_token_sets_its_cookie(call: str, body: dict[str, str]) -> None:
    visitor = Visitor()
    method = "PUT" if call == "email" else "POST"
    for answer in (
        visitor.json(method, f"{CURRENT}/{call}", body),
        Visitor().form(f"{CURRENT}/{call}", {**body, "_method": method}),
    ):
        token = values(answer)[REGISTERED]
        assert token != TOKEN
        assert token.partition(".")[0] == TOKEN.partition(".")[0]
    assert visitor.json("GET", CURRENT).problem == "no-registration"


def test_a_form_that_corrects_hands_its_key_on() -> None:
    visitor = Visitor()
    key = "a random text of the form"
    fields = {"email": "a@example.ed.jp", "_method": "PUT", "_once": key}
    visitor.form(f"{CURRENT}/email", fields)
    assert asked(visitor, "correct")["idempotency_key"] == key


def test_codes_and_passwords_are_handed_on_as_typed() -> None:
    visitor = Visitor()
    visitor.form(f"{CURRENT}/verification", {"code": " １２３ ４５６"})
    visitor.json("POST", f"{CURRENT}/account", {"password": " pass%word+あ "})
    assert asked(visitor, "verify")["typed"] == " １２３ ４５６"
    assert asked(visitor, "complete")["typed"] == " pass%word+あ "


@pytest.mark.parametrize("form", [False, True])
def test_an_account_signs_in(form: bool) -> None:
    visitor = Visitor(before("complete"))
    path = f"{CURRENT}/account"
    answer = visitor.form(path, PASSWORD) if form else visitor.json("POST", path, PASSWORD)
    assert values(answer) == {
        "__Host-todoku_access": "access",
        "__Host-todoku_refresh": "refresh",
    }
    assert "Max-Age=900;" in answer.cookies[0]
    assert f"Max-Age={30 * 24 * 3600};" in answer.cookies[1]
    assert all("HttpOnly" in c and "Secure" in c for c in answer.cookies)
    assert '"access"' not in answer.body


def test_a_cancelled_registration_takes_its_cookie_away() -> None:
    (cookie,) = Visitor().json("DELETE", CURRENT).cookies
    assert cookie.startswith(f"{REGISTERED}=; Path=/; Max-Age=0;")


TYPED = {"email": "taro@@gmail.com"}


@pytest.mark.parametrize(
    ("name", "path", "body", "error", "kept"),
    [
        (
            "ask",
            REGISTRATIONS,
            TYPED,
            errors.Invalid(errors.InvalidField("email", "two-ats")),
            True,
        ),
        ("verify", f"{CURRENT}/verification", {"code": "987654"}, errors.CodeMismatch(4), False),
        (
            "complete",
            f"{CURRENT}/account",
            {"password": "tell-nobody-9"},
            errors.PasswordRefused("too-common"),
            False,
        ),
    ],
)
def test_a_refused_form_comes_back_with_what_may_be_shown(
    name: str, path: str, body: dict[str, str], error: Exception, kept: bool
) -> None:
    shown = replace(VIEW, state="verified") if name == "complete" else VIEW
    service = RecordedServices(refuses={name: error}, shown=shown)
    answer = Visitor(service).form(path, body)
    (typed,) = body.values()
    assert answer.status == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert (typed in answer.body) is kept


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        (registrations.start, {"email": "a@b"}),
        (registrations.correct, {"email": "a@b"}),
        (registrations.verify, {}),
        (registrations.complete, {}),
    ],
    ids=lambda step: getattr(step, "name", None),
)
def test_nothing_but_an_address_is_kept_for_the_page(
    step: Operation[Any], kept: dict[str, str]
) -> None:
    body = b"email=a@b&code=123456&password=p&_once=1"
    request = replace(parse_head(normalize(event("POST", REGISTRATIONS)), secure=True), body=body)
    assert step.kept(request) == kept
    assert step.kept(replace(request, body=b"email=%ff")) == {}


@pytest.mark.parametrize("name", ["current", "resend"])
def test_a_wait_is_told_in_headers_too(name: str) -> None:
    service = RecordedServices().refusing(name, errors.Wait(NOW + timedelta(seconds=42)))
    method, path = ("GET", CURRENT) if name == "current" else ("POST", f"{CURRENT}/code")
    answer = Visitor(service).json(method, path)
    assert (answer.status, answer.problem) == (429, "wait")
    assert answer.headers["retry-after"] == "42"
    assert answer.json["retry_after"] == 42


def test_a_challenge_comes_with_its_refusal() -> None:
    answer = Visitor(RecordedServices().refusing("ask", errors.ChallengeRequired("net", 1))).json(
        "POST", REGISTRATIONS, EMAIL
    )
    assert answer.problem == "challenge-required"
    assert answer.json["challenge"] == CHALLENGE


def test_every_key_is_always_there() -> None:
    empty = View(
        reference="r",
        label="K7",
        state="queued",
        email="t***@gmail.com",
        provider=None,
        expected_at=None,
        code_expires_at=None,
        resend_available_at=None,
        attempts_left=None,
        delivery=Delivery("waiting", (), None, ()),
    )
    body = Visitor(RecordedServices(shown=empty)).json("GET", CURRENT).json
    assert set(body) == {field.name for field in fields(View)}
    assert body["delivery"] == {"state": "waiting", "history": [], "reason": None, "advice": []}
    nothing = {"provider", "expected_at", "code_expires_at", "resend_available_at", "attempts_left"}
    assert {name for name, value in body.items() if value is None} == nothing


def test_moments_are_whole_seconds_in_utc_and_never_too_early() -> None:
    at = NOW + timedelta(seconds=0.5)
    shown = replace(
        VIEW,
        expected_at=at,
        code_expires_at=at,
        resend_available_at=at,
        delivery=replace(VIEW.delivery, history=(Step("sent", at),)),
    )
    body = Visitor(RecordedServices(shown=shown)).json("GET", CURRENT).json
    assert body["expected_at"] == "2027-01-24T01:05:01Z"
    assert body["resend_available_at"] == "2027-01-24T01:05:01Z"
    assert body["code_expires_at"] == "2027-01-24T01:05:00Z"
    assert body["delivery"]["history"] == [{"state": "sent", "at": "2027-01-24T01:05:00Z"}]


def test_a_moment_on_the_second_stays() -> None:
    shown = replace(VIEW, expected_at=NOW.replace(microsecond=0))
    body = Visitor(RecordedServices(shown=shown)).json("GET", CURRENT).json
    assert body["expected_at"] == "2027-01-24T01:05:00Z"
