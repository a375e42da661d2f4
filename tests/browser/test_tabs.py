"""A tab that was left behind, while another one of the same browser went on."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.applicant import PASSWORD, Applicant
from tests.browser.conftest import Visit


def comes_back_to(page: Page) -> None:
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def reference(page: Page) -> str:
    return page.locator("dd.mono").inner_text()


def test_the_page_of_a_corrected_address_shows_the_new_one_with_its_label(visit: Visit) -> None:
    taro = visit("en")
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))
    old, left_behind = reference(taro.page), taro.page
    tab = taro.tab()
    tab.goto("/register?change=1")
    tab.locator("#email").fill("hanako@gmail.com")
    tab.locator("#email").press("Enter")
    tab.wait_for_url("**/register/code")
    taro.machine.wait_for_mail("hanako@gmail.com")

    comes_back_to(left_behind)

    expect(left_behind.locator("main")).not_to_contain_text(old)
    expect(left_behind.locator("main")).not_to_contain_text(taro.address)
    for part in ("dd.mono", "dd.label", "p b >> nth=0"):
        assert left_behind.locator(part).inner_text() == tab.locator(part).inner_text()


def test_the_password_page_is_of_the_registration_that_is_verified_now(visit: Visit) -> None:
    taro = visit("en")
    taro.verifies()
    first, left_behind = taro.address, taro.page
    tab = taro.tab()
    second = Applicant(tab, taro.machine, "en")
    tab.goto("/register/password")
    tab.get_by_text("Cancel this registration").click()
    tab.get_by_role("button", name="Yes, cancel it").click()
    tab.wait_for_url(taro.machine.url + "/")
    second.verifies()

    left_behind.locator("#password").fill("what was meant for the first")
    comes_back_to(left_behind)

    expect(left_behind.locator("#password")).to_have_value("")
    username = left_behind.locator("[autocomplete=username]")
    expect(username).to_have_value(second.address)
    assert first != second.address
    left_behind.locator("#password").fill(PASSWORD)
    left_behind.locator("#password").press("Enter")
    left_behind.wait_for_url("**/register/done")


def test_what_a_tab_left_behind_does_is_said_to_be_nothing(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    left_behind, code = taro.page, taro.code()
    left_behind.evaluate("delete document.querySelector('main').dataset.moving")
    tab = taro.tab()
    tab.goto("/register?change=1")
    tab.locator("#email").fill("jiro@gmail.com")
    tab.locator("#email").press("Enter")
    tab.wait_for_url("**/register/code")

    left_behind.bring_to_front()
    taro.enters(code)

    expect(taro.sees_problem()).to_contain_text("Another registration is under way")
    expect(left_behind.locator("#notice")).to_be_empty()
    expect(taro.field).to_have_value("")
    assert left_behind.locator("p b").first.inner_text() == "jiro@gmail.com"
