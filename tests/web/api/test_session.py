"""``/session``: who is signed in, and out again."""

from __future__ import annotations

import pytest

from chalicelib import errors
from chalicelib.verification.model import AttemptState
from tests.web.services import REFERENCE, TOKEN, VIEW, RecordedServices, access_token
from tests.web.visitor import FORM, Visitor

REGISTERED = "__Host-todoku_registration"
SESSION = "/api/v1/session"
ACCESS = access_token()
COOKIES = {"Cookie": f"__Host-todoku_access={ACCESS}; __Host-todoku_refresh=r"}


def test_who_is_signed_in() -> None:
    visitor = Visitor()
    answer = visitor.ask("GET", SESSION, headers=COOKIES)
    assert (answer.status, answer.json) == (200, {"reference": VIEW.reference, "email": VIEW.email})
    assert visitor.service.asked == [("who", {"access_token": ACCESS})]


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_nobody(accept: str) -> None:
    answer = Visitor().ask("GET", SESSION, headers={"Accept": accept})
    assert (answer.status, answer.problem) == (401, "not-signed-in")


def test_a_session_that_is_over() -> None:
    visitor = Visitor(RecordedServices().refusing("who", errors.NotSignedIn()))
    assert visitor.ask("GET", SESSION, headers=COOKIES).status == 401


def test_signing_out_takes_both_cookies_away() -> None:
    visitor = Visitor()
    answer = visitor.ask("DELETE", SESSION, headers=COOKIES)
    assert (answer.status, answer.body) == (204, "")
    assert [cookie.split("; SameSite")[0] for cookie in answer.cookies] == [
        "__Host-todoku_access=; Path=/; Max-Age=0",
        "__Host-todoku_refresh=; Path=/; Max-Age=0",
    ]
    assert visitor.service.asked == [("sign_out", {"access_token": ACCESS, "refresh_token": "r"})]


def test_signing_out_by_a_form() -> None:
    visitor = Visitor()
    headers = {**COOKIES, "Content-Type": FORM}
    answer = visitor.ask("POST", SESSION, headers=headers, body="_method=DELETE", stage="/dev")
    assert (answer.status, answer.headers["location"]) == (303, "/dev/signed-out")
    assert len(answer.cookies) == 2


def test_the_reference_goes_to_the_page_after_signing_out_and_into_no_address() -> None:
    visitor = Visitor(RecordedServices(state=AttemptState.COMPLETED))
    cookie = f"{COOKIES['Cookie']}; {REGISTERED}={TOKEN}"
    headers = {"Cookie": cookie, "Content-Type": FORM}
    answer = visitor.ask("POST", SESSION, headers=headers, body="_method=DELETE")

    assert REFERENCE not in answer.headers["location"]
    assert any(c.startswith(f"{REGISTERED}=; Path=/; Max-Age=0;") for c in answer.cookies)
    (brought,) = [c for c in answer.cookies if REFERENCE in c]
    assert "HttpOnly" in brought
    assert "Max-Age=300;" in brought


def test_the_cookie_of_a_registration_goes_only_once_it_is_completed() -> None:
    for state in AttemptState:
        visitor = Visitor(RecordedServices(state=state))
        cookie = f"{COOKIES['Cookie']}; {REGISTERED}={TOKEN}"
        answer = visitor.ask("DELETE", SESSION, headers={"Cookie": cookie})
        gone = [c for c in answer.cookies if c.startswith(f"{REGISTERED}=; ")]
        assert len(gone) == (state is AttemptState.COMPLETED)


def test_signing_out_twice_is_as_good_as_once() -> None:
    assert Visitor().ask("DELETE", SESSION).status == 204


def test_a_session_that_could_not_be_ended_keeps_its_cookies() -> None:
    visitor = Visitor(RecordedServices().refusing("sign_out", errors.TryLater(5)))
    answer = visitor.ask("DELETE", SESSION, headers=COOKIES)
    assert (answer.status, answer.problem, answer.cookies) == (503, "try-later", [])
