"""What is too large, or turned away before it arrives, is told as a page and loses nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit

scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts
def test_too_much_text_is_a_page_with_what_was_typed(visit: Visit, scripts: bool) -> None:
    taro = visit("ja", java_script_enabled=scripts)
    taro.opens()
    taro.enters("t" * 20_000 + "@gmail.com")

    expect(taro.sees_problem()).to_contain_text("入力された文字が多すぎます")
    expect(taro.field).to_have_value(re.compile("^t{320}"))
    taro.enters(taro.address)
    taro.is_at("/register/code")


@scripts
def test_a_code_that_is_far_too_long_is_a_page_with_its_field(visit: Visit, scripts: bool) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.asks()
    code = taro.code()
    taro.enters("1" * 20_000)

    expect(taro.sees_problem()).to_contain_text("too much text")
    taro.enters(code)
    taro.is_at("/register/password")


@pytest.mark.parametrize("status", [413, 429])
def test_what_the_firewall_refuses_keeps_the_page_and_says_so(visit: Visit, status: int) -> None:
    taro = visit("ja")
    taro.opens()

    def refuse(route: Route) -> None:
        route.fulfill(status=status, content_type="application/problem+json", body="{}")

    taro.page.route("**/api/v1/registrations", refuse)
    taro.enters(taro.address)

    expect(taro.page.locator("#notice")).to_contain_text("送信できませんでした")
    taro.is_at("/register")
    expect(taro.field).to_have_value(taro.address)
    taro.page.unroute("**/api/v1/registrations")
    taro.go.click()
    taro.is_at("/register/code")


def test_enter_says_how_long_while_the_button_waits(visit: Visit) -> None:
    taro = visit("en")
    taro.page.clock.install()
    taro.asks()
    wrong = f"{(int(taro.code()) + 1) % 1_000_000:06}"
    for _ in range(5):
        taro.enters(wrong)
        taro.sees_problem()
    expect(taro.go).to_have_attribute("aria-disabled", "true")

    taro.field.fill("123456")
    taro.field.press("Enter")

    expect(taro.page.locator("#notice")).to_have_text(re.compile(r"in \d+ s"))
    taro.page.clock.run_for(6_000)
    expect(taro.page.locator("#notice")).to_have_text("")
