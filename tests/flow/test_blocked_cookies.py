"""A browser that keeps no cookies is told so after its post, with what it typed, and never led in
circles; once cookies are allowed, the same form leads on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from local.server import LocalServer
from tests.flow.client import CURRENT, REGISTRATIONS, Answer, Client
from tests.flow.page import Form

BLOCKED = {
    "ja": "Cookieが使えません",
    "ja-easy": "クッキー（Cookie）が",
    "en": "Cookies are blocked",
}


class Forgetful(Client):
    """A browser that keeps no cookies, unless they are ``allowed``."""

    allowed = False

    def keep(self, cookie: str) -> None:
        if self.allowed:
            super().keep(cookie)

    def sends(self, form: Form, **typed: str) -> Answer:
        """Submit a form and follow where it leads: within five redirects, or it is a loop."""
        answer = self.submit(form, **typed)
        for _ in range(5):
            if answer.status == 303:
                answer = self.look(answer.header("location"))
            elif answer.status == 307:
                answer = self.form(answer.header("location"), {**form.fields, **typed})
            else:
                return answer
        raise AssertionError(f"a loop: {answer}")


@pytest.fixture
def forgetful(machine: LocalServer, source: Callable[[], str]) -> Iterator[Forgetful]:
    made = Forgetful(machine.url, source())
    yield made
    made.close()


@pytest.mark.parametrize("locale", BLOCKED)
def test_after_the_post_a_page_says_that_cookies_are_blocked_and_keeps_what_was_typed(
    machine: LocalServer, forgetful: Forgetful, email: str, locale: str
) -> None:
    form = forgetful.look(f"/register?lang={locale}").page.form(REGISTRATIONS)

    seen = forgetful.sends(form, email=email)

    assert seen.status == 200
    assert BLOCKED[locale] in seen.text
    assert seen.page.form(REGISTRATIONS).fields["email"] == email
    machine.wait_for_mail(email)


def test_as_long_as_they_are_blocked_the_page_comes_back_and_the_mail_comes_once(
    machine: LocalServer, forgetful: Forgetful, email: str
) -> None:
    seen = forgetful.submit(forgetful.look("/register").page.form(REGISTRATIONS), email=email)
    for _ in range(3):
        seen = forgetful.sends(seen.page.form(REGISTRATIONS))
        assert BLOCKED["ja"] in seen.text
        assert seen.page.form(REGISTRATIONS).fields["email"] == email
    machine.wait_for_mail(email)
    forgetful.allowed = True
    forgetful.sends(seen.page.form(REGISTRATIONS))
    forgetful.awaiting_code()
    assert len(machine.mailbox.to(email)) == 1


def test_once_they_are_allowed_the_code_that_came_works(
    machine: LocalServer, forgetful: Forgetful, email: str
) -> None:
    seen = forgetful.submit(forgetful.look("/register").page.form(REGISTRATIONS), email=email)
    code = machine.wait_for_mail(email)[0].code or ""
    forgetful.allowed = True

    seen = forgetful.sends(seen.page.form(REGISTRATIONS))
    seen = forgetful.sends(seen.page.form("/verification"), code=code)

    assert seen.page.form("/account").fields["password"] == ""


def test_an_address_that_looks_like_a_slip_stays_as_it_was_confirmed(
    forgetful: Forgetful, address: Callable[..., str]
) -> None:
    typed = address("gmai.com")
    asked = forgetful.submit(forgetful.look("/register").page.form(REGISTRATIONS), email=typed)
    no = asked.page.form(REGISTRATIONS, email=typed, as_typed="true")
    seen = forgetful.submit(no)
    assert BLOCKED["ja"] in seen.text
    forgetful.allowed = True
    seen = forgetful.sends(seen.page.form(REGISTRATIONS))
    assert seen.page.form("/verification").fields["code"] == ""


def test_no_address_gets_into_an_address_bar(forgetful: Forgetful, email: str) -> None:
    first = forgetful.submit(forgetful.look("/register").page.form(REGISTRATIONS), email=email)
    second = forgetful.submit(first.page.form(REGISTRATIONS))
    assert second.status == 307
    assert re.fullmatch(rf"{REGISTRATIONS}\?begun=\d+\.[0-9a-f]+", second.header("location"))


def test_a_browser_that_keeps_cookies_goes_straight_on(applicant: Client, email: str) -> None:
    form = applicant.look("/register").page.form(REGISTRATIONS)
    sent = applicant.submit(form, email=email)
    assert (sent.status, sent.header("location")) == (303, "/register/code")


def test_who_cancelled_meanwhile_is_not_told_that_cookies_are_blocked(
    applicant: Client, email: str
) -> None:
    applicant.register(email)
    applicant.cancel()
    answer = applicant.look("/register/code?begun=1&lang=en")
    assert (answer.status, answer.header("location")) == (303, "/register/code?lang=en")
    answer = applicant.look(answer.header("location"))
    assert (answer.status, answer.header("location")) == (303, "/register?lang=en")


def test_a_program_without_cookies_is_answered_as_ever(forgetful: Forgetful, email: str) -> None:
    assert forgetful.register(email).status == 202
    answer = forgetful.json("GET", CURRENT)
    assert (answer.status, answer.problem) == (404, "no-registration")
    sent = forgetful.form(REGISTRATIONS, {"email": f"x{email}"})
    assert (sent.status, sent.header("location")) == (303, "/register/code")
