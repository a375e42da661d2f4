"""What is wrong stands first, has the focus, and leads to its field."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your email address"),
        ("taro", "needs an @"),
        ("taro@@gmail.com", "more than one @"),
        ("ta ro@gmail.com", "a space after “ta”"),
        ("a..b@docomo.ne.jp", "Old docomo and au addresses"),
        ("たろう@gmail.com", "cannot contain “た”"),
        ("<script>alert(1)</script>@x", "email"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(
    visit: Visit, typed: str, said: str, scripts: bool
) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.opens()
    taro.enters(typed)

    problem = taro.sees_problem()
    expect(problem).to_contain_text(said)
    expect(taro.page).to_have_title(re.compile(r"^Error: "))
    expect(taro.field).to_have_value(typed)
    expect(taro.field).to_have_attribute("aria-invalid", "true")
    expect(taro.field).to_have_accessible_description(re.compile(re.escape(said)))
    problem.get_by_role("link").click()
    expect(taro.field).to_be_focused()


@scripts
def test_a_likely_slip_is_asked_about_before_anything_is_sent(visit: Visit, scripts: bool) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.opens()
    taro.enters(taro.address.replace("gmail", "gmai"))

    expect(taro.sees_problem()).to_have_text(f"Did you mean {taro.address}?")
    expect(taro.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(taro.page).to_have_title(re.compile("^Did you mean"))
    expect(taro.page.locator("[role=alert], [aria-invalid]")).to_have_count(0)
    expect(taro.page.get_by_role("textbox")).to_have_count(0)
    expect(taro.page.locator("main").get_by_role("button")).to_have_count(2)
    taro.page.get_by_role("button", name=f"Yes, send to {taro.address}").click()

    taro.is_at("/register/code")
    taro.code()


@scripts
def test_who_is_asked_can_go_back_to_what_was_typed(visit: Visit, scripts: bool) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.opens()
    typed = taro.address.replace("gmail", "gmai")
    taro.enters(typed)
    taro.sees_problem()

    taro.page.get_by_text("Edit the address").click()
    expect(taro.field).to_have_value(typed)
    taro.enters(taro.address)

    taro.is_at("/register/code")
    taro.code()


@scripts
def test_an_address_that_only_looks_like_a_slip_is_believed(visit: Visit, scripts: bool) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.opens()
    taro.enters(taro.address.replace("gmail", "gmai"))

    taro.page.get_by_role("button", name="No, send to the address as I typed it").click()

    taro.is_at("/register/code")
    expect(taro.page.locator("main")).to_contain_text("@gmai.com")


@scripts
def test_a_slip_while_correcting_is_asked_about_too(visit: Visit, scripts: bool) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.asks()
    taro.code()
    taro.opens("/register?change=1")
    taro.address = f"new.{taro.address}"
    taro.enters(taro.address.replace("gmail", "gmial"))

    taro.page.get_by_role("button", name="Yes, send to").click()

    taro.is_at("/register/code")
    taro.code()


@scripts
def test_wrong_codes_are_counted_and_then_have_to_wait(visit: Visit, scripts: bool) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.page.clock.install()
    taro.asks()
    right = taro.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"

    taro.enters("12345")
    expect(taro.sees_problem()).to_contain_text("six digits")
    for _ in range(5):
        taro.enters(wrong)
        expect(taro.sees_problem()).to_contain_text("does not match")
        expect(taro.field).to_have_value("")
    expect(taro.go).to_have_attribute("aria-disabled", "true")
    if not scripts:
        taro.field.fill(right)
        taro.field.press("Enter")
        expect(taro.sees_problem()).to_contain_text("Too many wrong codes")
    taro.opens("/register/code")
    expect(taro.page.locator("main")).to_contain_text("Too many wrong codes")

    taro.machine.put_forward(61)
    if scripts:
        expect(taro.go).to_have_attribute("aria-disabled", "true")
        taro.page.clock.run_for(61_000)
    else:
        taro.opens("/register/code")
    expect(taro.go).not_to_have_attribute("aria-disabled", "true")
    taro.enters(right)
    taro.is_at("/register/password")


@scripts
def test_a_password_that_would_not_protect_is_refused_and_not_shown(
    visit: Visit, scripts: bool
) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.verifies()
    for password, said in (("", "Enter a password"), ("short", "too short")):
        taro.enters(password)
        expect(taro.sees_problem()).to_contain_text(said)
        expect(taro.field).to_have_value("")
        expect(taro.field).to_have_attribute("type", "password")


def test_a_form_whose_registration_is_gone_begins_again(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    taro.page.context.clear_cookies(name="todoku_registration")
    taro.enters("123456")

    expect(taro.sees_problem()).to_contain_text("no registration on this device")
    taro.enters(f"again.{taro.address}")
    taro.is_at("/register/code")
