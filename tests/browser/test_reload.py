"""A page that answered a form is still there when it is loaded again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.applicant import PASSWORD
from tests.browser.conftest import Visit

scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts
def test_that_an_account_exists_is_still_said(visit: Visit, scripts: bool) -> None:
    taro, again = visit("en"), visit("en", java_script_enabled=scripts)
    again.comes_too_late(taro)
    expect(again.sees_problem()).to_contain_text("already have an account")

    # More often than codes may be tried: no reload sends the code again.
    for _ in range(6):
        again.page.reload()
        expect(again.sees_problem()).to_contain_text("already have an account")
    expect(again.page).to_have_title(re.compile("^You already have an account"))
    expect(again.page.locator("#code")).to_have_count(0)
    again.page.get_by_role("link", name="Use another address").click()
    again.enters(f"another.{again.address}")
    again.is_at("/register/code")
    expect(again.page.locator("#code")).to_be_visible()


@scripts
def test_that_another_device_confirmed_the_address_is_still_said(
    visit: Visit, scripts: bool
) -> None:
    taro, later = visit("en", java_script_enabled=scripts), visit("en")
    taro.verifies()
    taro.machine.put_forward(61)
    later.asks(taro.address)
    later.enters(later.code(mails=2))
    later.is_at("/register/password")

    for _ in range(2):
        taro.page.reload()
        expect(taro.sees_problem()).to_contain_text("confirmed later on another device")
        expect(taro.page.locator("#password")).to_have_count(0)
    later.enters(PASSWORD)
    later.is_at("/register/done")
    taro.page.get_by_role("button", name="Begin again").click()
    taro.is_at("/register" if scripts else "/")


def test_who_owns_the_address_is_given_the_field(visit: Visit) -> None:
    taro = visit("en")
    taro.verifies()

    taro.page.reload()

    taro.enters(PASSWORD)
    taro.is_at("/register/done")
