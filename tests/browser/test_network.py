"""A lost network keeps what was typed, says so, and sends it by itself, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from chalicelib.locales import words
from tests.browser.applicant import PASSWORD
from tests.browser.conftest import Visit


@pytest.mark.parametrize("locale", ["ja", "ja-easy", "en"])
def test_without_a_connection_the_page_keeps_what_was_typed_and_waits(
    visit: Visit, locale: str
) -> None:
    taro = visit(locale)
    taro.opens()
    taro.page.context.set_offline(True)

    taro.enters(taro.address)

    lost = "No connection. What you typed is kept. We will keep trying."
    expect(taro.page.locator("#notice")).to_have_text(words(locale).gettext(lost))
    expect(taro.field).to_have_value(taro.address)
    taro.page.context.set_offline(False)
    taro.is_at("/register/code")
    taro.code()
    assert taro.mails() == 1


def test_what_is_corrected_while_waiting_is_what_is_sent(visit: Visit) -> None:
    taro = visit()
    taro.opens()
    taro.page.context.set_offline(True)
    taro.enters("wrong@gmail.com")
    expect(taro.page.locator("#notice")).not_to_be_empty()

    taro.field.fill(taro.address)
    taro.page.context.set_offline(False)

    taro.is_at("/register/code")
    taro.code()
    assert taro.machine.mailbox.to("wrong@gmail.com") == []


def lose_one_answer(route: Route) -> None:
    """The server gets the first request and works; its answer never comes back."""
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
        route.abort()
        route.request.frame.page.unroute("**/api/v1/**")
    else:
        route.fallback()


def test_answers_that_are_lost_on_the_way_do_no_harm(visit: Visit) -> None:
    taro = visit()
    taro.opens()
    way: list[tuple[Callable[[], str], str]] = [
        (lambda: taro.address, "/register/code"),
        (taro.code, "/register/password"),
        (lambda: PASSWORD, "/register/done"),
    ]
    for text, place in way:
        taro.page.route("**/api/v1/**", lose_one_answer)
        taro.enters(text())
        taro.is_at(place)

    assert taro.mails() == 1


def test_a_busy_service_is_asked_again(visit: Visit) -> None:
    taro = visit("en")
    taro.opens()
    busy = iter([503, 502])

    def answer(route: Route) -> None:
        status = next(busy, None)
        if status is None:
            route.fallback()
        else:
            route.fulfill(status=status, headers={"Retry-After": "1"}, body="{}")

    taro.page.route("**/api/v1/registrations", answer)
    taro.enters(taro.address)

    expect(taro.page.locator("#notice")).to_contain_text("busy")
    taro.is_at("/register/code")


def test_scripts_that_do_not_load_leave_a_form_that_works(visit: Visit) -> None:
    taro = visit()
    taro.page.route("**/assets/**", lambda route: route.abort())

    taro.asks()
    taro.enters(taro.code())

    taro.is_at("/register/password")
