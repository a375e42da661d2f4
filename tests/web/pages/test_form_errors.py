"""A refused form comes back as its page, with what was typed and never what is secret."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import errors
from chalicelib.errors import InvalidField, TodokuError
from chalicelib.web import problems
from chalicelib.web.pages.form_errors import form_with_errors
from chalicelib.web.response import Response
from chalicelib.web.views import routes
from tests.web.pages.desk import NOW, Desk, request, view
from tests.web.pages.reading import read

CORRECTING = "/api/v1/registrations/current/email"


def refuse(
    page: str,
    error: TodokuError,
    desk: Desk | None = None,
    typed: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    desk = desk or Desk()
    asked: Any = {"method": "POST", "query": {}} | more
    problem = problems.problem_for(error, "en", desk)
    posted = request(asked.pop("path", page), "en", **asked)
    return form_with_errors(desk, posted, page, problem, typed or {})


def test_what_was_typed_stands_in_the_field_again_and_cannot_break_out() -> None:
    typed = '"><script>alert(1)</script>@x'
    reply = refuse(
        "/register", errors.Invalid(InvalidField("email", "syntax")), typed={"email": typed}
    )

    assert reply.status == 422
    assert read(reply.body).one("input", id="email")["value"] == typed
    assert "<script>alert" not in reply.body


@pytest.mark.parametrize("typed", ["<b>@gmai.com", "a'\"@gmai.com"])
def test_a_suggestion_is_one_button_and_as_typed_another(typed: str) -> None:
    meant = typed.replace("gmai.", "gmail.")
    reply = refuse("/register", errors.EmailTypo(meant), typed={"email": typed})
    page = read(reply.body)

    assert [e["value"] for e in page.all("input", name="email", type="hidden")] == [meant, typed]
    assert len(page.all("input", name="as_typed")) == 1
    assert len(page.all("form")) == 3
    assert len({e["value"] for e in page.all("input", name="_once")}) == 1
    assert "<b>@" not in reply.body


def test_a_suggestion_for_a_corrected_address_is_put_in_its_place() -> None:
    page = read(
        refuse(
            "/register",
            errors.EmailTypo("taro@gmail.com"),
            Desk(view()),
            {"email": "taro@gmai.com"},
            path=CORRECTING,
        ).body
    )

    assert {form["action"] for form in page.all("form")} == {CORRECTING}
    assert len(page.all("input", name="_method", value="PUT")) == 3
    assert page.all("input", name="_once") == []


def test_the_languages_of_a_refused_form_are_those_of_its_page() -> None:
    reply = refuse(
        "/register",
        errors.Invalid(InvalidField("email", "no-at")),
        path="/api/v1/registrations",
        prefix="/dev",
    )

    assert 'href="/dev/register?lang=ja"' in reply.body


@pytest.mark.parametrize(
    "error", [errors.Invalid(InvalidField("email", "no-at")), errors.EmailTypo("taro@gmail.com")]
)
@pytest.mark.parametrize(
    ("state", "path", "own"),
    [
        ("awaiting_code", CORRECTING, "change=1"),
        # A second person on the same device, after the first has finished.
        ("completed", "/api/v1/registrations", "new=1"),
    ],
)
def test_in_another_language_a_refused_form_is_still_what_it_was(
    error: TodokuError, state: Any, path: str, own: str
) -> None:
    reply = refuse("/register", error, Desk(view(state=state)), path=path)

    assert f'href="/register?{own}&amp;lang=ja"' in reply.body


@pytest.mark.parametrize("error", [errors.CodeMismatch(3), errors.CodeExpired()])
def test_a_refused_code_is_not_shown_again(error: TodokuError) -> None:
    reply = refuse("/register/code", error, Desk(view()), {"code": "918273"})

    assert "918273" not in reply.body
    assert "value" not in read(reply.body).one("input", id="code").attributes


def test_a_refused_password_is_not_shown_again() -> None:
    desk = Desk(view(state="verified"))
    reply = refuse(
        "/register/password", errors.PasswordRefused("too-common"), desk, {"password": "sakura-no"}
    )

    assert "sakura-no" not in reply.body
    assert read(reply.body).one("input", id="password")["aria-invalid"] == "true"


def test_too_many_codes_say_when_the_next_may_be_tried() -> None:
    error = errors.TooManyAttempts(NOW + timedelta(seconds=300))
    page = read(refuse("/register/code", error, Desk(view(resend_available_at=None))).body)

    hint = page.one("p", data_seconds="300")
    assert "10:10" in hint.text
    assert page.one("time", datetime="2027-01-24T01:10:00Z").text == "10:10"


@pytest.mark.parametrize("error", [errors.AccountExists(), errors.TooManyAttempts(NOW)])
def test_an_existing_account_is_told_by_a_page_that_can_be_loaded_again(error: TodokuError) -> None:
    reply = refuse("/register/code", error, Desk(view(), exists=True))

    assert (reply.status, reply.headers["Location"]) == (303, "/register/code")


def test_an_existing_account_is_told_with_the_ways_out() -> None:
    shown = routes.handlers["/register/code"]["GET"](
        Desk(view(), exists=True), request("/register/code")
    )
    page = read(shown.body)

    assert page.all("input", name="code") == []
    assert "/register?change=1" in [a["href"] for a in page.all("a")]


def test_a_challenge_is_handed_to_the_script() -> None:
    reply = refuse(
        "/register", errors.ChallengeRequired("net", 1), typed={"email": "taro@gmail.com"}
    )
    page = read(reply.body)
    (form,) = [f for f in page.all("form") if "data-challenge" in f.attributes]

    assert reply.status == 429
    assert set(json.loads(form["data-challenge"])) >= {"parameters"}
    assert page.one("input", id="email")["value"] == "taro@gmail.com"


@pytest.mark.parametrize(
    ("page", "state", "place"),
    [
        ("/register/code", "verified", "/register/password"),
        ("/register/code", "completed", "/register/done"),
        ("/register/password", "awaiting_code", "/register/code"),
    ],
)
@pytest.mark.parametrize("error", [errors.Conflict(), errors.NoRegistration()])
def test_a_step_that_was_already_taken_leads_on(
    page: str, state: str, place: str, error: TodokuError
) -> None:
    reply = refuse(page, error, Desk(view(state=state)), prefix="/dev")

    assert (reply.status, reply.headers["Location"]) == (303, "/dev" + place)


def test_a_second_password_is_said_not_to_count() -> None:
    """From another tab, or a page that was gone back to: nobody may believe it was taken."""
    reply = refuse("/register/password", errors.AlreadyCompleted(), Desk(view(state="completed")))
    page = read(reply.body)

    assert reply.status == 409
    assert "The password you chose first counts" in page.one("div", id="problem").text
    (password,) = [item.text for item in page.all("li") if "password" in item.text]
    assert password.strip() == "The password you chose first"


@pytest.mark.parametrize("page", ["/register/code", "/register/password"])
def test_a_registration_that_is_gone_begins_again_at_the_address(page: str) -> None:
    reply = refuse(page, errors.NoRegistration(), Desk(None))

    assert reply.status == 404
    assert 'action="/api/v1/registrations"' in reply.body
    assert 'id="problem"' in reply.body


def test_a_problem_of_no_step_has_a_page_and_a_way_on() -> None:
    reply = refuse("/nowhere", errors.NoRegistration(), Desk(None), prefix="/dev")

    assert reply.status == 404
    assert 'href="/dev/"' in reply.body


def test_a_service_that_cannot_even_look_still_gives_a_page() -> None:
    desk = Desk(view(), broken=errors.TryLater(7))
    reply = refuse("/register/code", errors.TryLater(7), desk)

    assert reply.status == 503
    assert 'href="/register/code"' in reply.body


def test_whom_another_device_displaced_is_given_a_way_on_and_no_field() -> None:
    reply = refuse("/register/password", errors.Displaced(), Desk(view(state="verified")))
    page = read(reply.body)

    assert reply.status == 409
    assert "another device" in page.one("main").text or "別の端末" in page.one("main").text
    assert 'name="password"' not in reply.body
    assert 'value="DELETE"' in reply.body
