"""Refresh, back, another tab, another language: the place is kept, and no page sends a mail."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Request, expect

from tests.browser.applicant import PASSWORD, Applicant
from tests.browser.conftest import Visit

scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts
def test_refreshing_and_coming_back_keep_the_place_and_send_nothing(
    visit: Visit, scripts: bool
) -> None:
    taro = visit(java_script_enabled=scripts)
    taro.asks()
    label = taro.page.locator("dd.label").inner_text()
    code = taro.code()

    taro.page.reload()
    taro.page.goto("/register/code")
    taro.page.goto("/register")
    taro.is_at("/register/code")
    taro.page.goto("/register/password")
    taro.is_at("/register/code")
    taro.page.go_back()
    taro.opens("/register/code")

    assert taro.page.locator("dd.label").inner_text() == label
    assert taro.mails() == 1
    taro.enters(code)
    taro.is_at("/register/password")


@scripts
def test_back_leads_to_where_the_registration_is(visit: Visit, scripts: bool) -> None:
    taro = visit(java_script_enabled=scripts)
    taro.verifies()

    taro.page.go_back()
    taro.is_at("/register/password")
    taro.enters(PASSWORD)
    taro.is_at("/register/done")
    taro.page.go_back()
    taro.is_at("/register/done")


def test_a_tab_that_is_looked_at_again_goes_to_where_another_tab_went(visit: Visit) -> None:
    taro = visit()
    taro.asks()
    other = Applicant.__new__(Applicant)
    other.__dict__ |= taro.__dict__ | {"page": taro.tab()}
    other.opens("/register/code")
    other.enters(other.code())
    other.is_at("/register/password")

    taro.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    taro.is_at("/register/password")


def test_a_form_in_a_tab_left_behind_leads_on(visit: Visit) -> None:
    taro = visit()
    taro.asks()
    code = taro.code()
    behind = taro.page
    # The tab notices nothing: it was put to sleep.
    behind.route("**/registrations/current", lambda route: route.abort())
    taro.page = taro.tab()
    taro.opens("/register/code")
    taro.enters(code)
    taro.is_at("/register/password")

    taro.page = behind
    taro.enters(code)

    taro.is_at("/register/password")


def test_another_language_keeps_page_query_and_what_was_typed(visit: Visit) -> None:
    taro = visit("ja")
    taro.opens("/register?from=school")
    taro.field.fill("taro@")

    taro.page.get_by_role("link", name="English").click()

    expect(taro.page.locator("html")).to_have_attribute("lang", "en")
    expect(taro.page).to_have_url(re.compile(r"/register\?from=school&lang=en$"))
    expect(taro.field).to_have_value("taro@")
    taro.page.goto("/register")
    expect(taro.page.locator("html")).to_have_attribute("lang", "en")


def test_neither_code_nor_password_is_kept_in_the_browser(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    kept = "JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"

    assert taro.address not in taro.page.evaluate(kept), "sent, so forgotten"
    taro.field.fill("918273")
    assert "918273" not in taro.page.evaluate(kept)
    taro.enters(taro.code())
    taro.is_at("/register/password")
    taro.field.fill(PASSWORD)
    assert PASSWORD not in taro.page.evaluate(kept)


def test_an_answers_own_address_is_not_written_over_by_what_was_typed_before(visit: Visit) -> None:
    taro = visit("en")
    right = taro.address
    taro.opens()
    taro.enters(right.replace("gmail", "gmai"))
    taro.sees_problem()
    # Whatever is answered but a redirect: here, that cookies are blocked.
    taro.page.context.clear_cookies()
    taro.page.get_by_role("button", name=f"Yes, send to {right}").click()

    expect(taro.page.get_by_role("button", name="Go on")).to_be_visible()
    expect(taro.field).to_have_value(right)


def test_a_double_tap_sends_once(visit: Visit) -> None:
    taro = visit()
    posts: list[Request] = []
    taro.page.on("request", lambda r: posts.append(r) if r.method == "POST" else None)
    taro.opens()
    taro.field.fill(taro.address)

    taro.go.dblclick()

    taro.is_at("/register/code")
    taro.code()
    assert len(posts) == 1


def test_a_double_tap_without_scripts_is_one_registration(visit: Visit) -> None:
    taro = visit(java_script_enabled=False)
    taro.opens()
    taro.field.fill(taro.address)

    taro.go.dblclick()

    taro.is_at("/register/code")
    taro.code()
    label = taro.page.locator("dd.label").inner_text()
    taro.page.reload()
    assert taro.page.locator("dd.label").inner_text() == label
    assert taro.mails() == 1
