"""From the first page to a registered applicant, in every language, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from chalicelib.locales import LOCALES, furigana, words
from tests.browser.applicant import PASSWORD
from tests.browser.conftest import Visit


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("locale", LOCALES)
def test_an_applicant_registers(visit: Visit, locale: str, scripts: bool) -> None:
    taro = visit(locale, java_script_enabled=scripts)
    page, said = taro.page, words(locale).gettext

    taro.opens("/")
    expect(page.locator("html")).to_have_attribute("lang", "en" if locale == "en" else "ja")
    page.locator("main .button").click()
    taro.is_at("/register")
    taro.enters(taro.address)

    taro.is_at("/register/code")
    label = page.locator("dd.label").inner_text()
    mail = taro.machine.wait_for_mail(taro.address)[0]
    assert label in mail.subject
    assert mail.code is not None
    taro.enters(mail.code)

    taro.is_at("/register/password")
    taro.enters(PASSWORD)

    taro.is_at("/register/done")
    expect(page).to_have_title(re.compile(re.escape(furigana.without(said("You are registered")))))
    reference = page.locator(".number").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", reference)
    assert taro.mails() == 1

    page.locator("form button").click()
    taro.is_at("/signed-out")
    assert page.locator(".number").inner_text() == reference
    assert reference.replace("-", "") not in page.url
    page.locator("main a[href='/']").click()
    taro.is_at("/")
    assert {c["name"] for c in page.context.cookies()} == {"lang"}, "the next person sees nothing"


def test_a_keyboard_is_enough(visit: Visit) -> None:
    taro = visit("en")
    press = taro.page.keyboard.press

    def tab_to(selector: str) -> None:
        for _ in range(30):
            press("Tab")
            if taro.page.locator(f"{selector}:focus").count():
                return
        pytest.fail(f"Tab does not reach {selector}")

    taro.opens("/")
    press("Tab")
    expect(taro.page.locator(".skip")).to_be_focused()
    press("Enter")
    tab_to(".button")
    press("Enter")
    taro.is_at("/register")
    tab_to("#email")
    taro.page.keyboard.type(taro.address)
    press("Enter")
    taro.is_at("/register/code")
    tab_to("#code")
    taro.page.keyboard.type(taro.code())
    press("Enter")
    taro.is_at("/register/password")
    tab_to("#password")
    taro.page.keyboard.type(PASSWORD)
    tab_to("[data-reveal]")
    press("Enter")
    expect(taro.field).to_have_attribute("type", "text")
    expect(taro.field).to_have_value(PASSWORD)
    press("Space")
    expect(taro.field).to_have_attribute("type", "password")
    tab_to("button:not([data-reveal])")
    press("Enter")
    taro.is_at("/register/done")


@pytest.mark.parametrize("typed", ["１２３ ４５６", "123-456", " 123456 ", "123ー456"])
def test_the_field_takes_a_code_as_people_type_it(visit: Visit, typed: str) -> None:
    taro = visit()
    taro.asks()
    code = taro.code()
    numbers = iter(code)

    taro.enters("".join(next(numbers) if c.isdigit() else c for c in typed))

    taro.is_at("/register/password")


def test_a_full_width_address_is_taken(visit: Visit) -> None:
    taro = visit()
    plain = taro.address
    taro.asks(plain.translate({ord("@"): "＠", ord("."): "．"}))

    expect(taro.page.locator("main")).to_contain_text(plain)


def test_an_address_can_be_changed_and_the_first_ones_code_is_void(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    first = taro.code()

    taro.page.get_by_role("link", name="Change the address").click()
    taro.is_at("/register")
    taro.address = f"new.{taro.address}"
    taro.enters(taro.address)
    taro.is_at("/register/code")
    second = taro.code()

    if first != second:
        taro.enters(first)
        expect(taro.sees_problem()).to_contain_text("does not match")
    taro.enters(second)
    taro.is_at("/register/password")


def test_a_registration_can_be_cancelled(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()

    taro.page.get_by_text("Cancel this registration").click()
    taro.page.get_by_role("button", name="Yes, cancel it").click()

    taro.is_at("/")
    taro.opens("/register/code")
    taro.is_at("/register")


def test_a_second_person_registers_on_the_same_phone(visit: Visit) -> None:
    taro = visit("en")
    taro.registers()

    taro.page.get_by_role("link", name="Register another person").click()
    taro.address = f"hanako.{taro.address}"
    taro.enters(taro.address)

    taro.is_at("/register/code")
    taro.enters(taro.code())
    taro.is_at("/register/password")


def test_an_address_that_another_browser_registered_is_told_after_the_right_code(
    visit: Visit,
) -> None:
    taro, again = visit("en"), visit("en")
    again.comes_too_late(taro)

    expect(again.sees_problem()).to_contain_text("already have an account")
    again.page.get_by_role("link", name="Use another address").click()
    again.enters(f"other.{taro.address}")
    again.is_at("/register/code")
