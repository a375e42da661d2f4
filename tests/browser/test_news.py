"""News takes nothing from whoever reads: what is unfolded, where they are; and it is announced."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from chalicelib.locales import furigana, words
from local.mail_providers import ProviderRule
from tests.browser.conftest import Visit


def test_what_was_unfolded_stays_so_and_keeps_the_focus(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("google", behaviour="delay", seconds=4))
    taro.asks()
    now = taro.page.locator("#mail-now")
    expect(now).to_contain_text("We have sent the email")
    advice = now.locator("summary")
    advice.click()

    expect(now).to_contain_text("has reached Gmail", timeout=15_000)

    expect(now.locator("details")).to_have_attribute("open", "")
    expect(advice).to_be_focused()


def test_what_was_folded_away_stays_so(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("docomo", behaviour="defer"))
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))
    fold = taro.page.locator("#mail-now details")
    expect(fold).to_have_attribute("open", "", timeout=15_000)
    fold.locator("summary").click()
    taro.page.evaluate("document.querySelector('main').dataset.key += ',older'")

    with taro.page.expect_response("**/register/code"):
        pass
    taro.page.wait_for_timeout(200)

    expect(fold).not_to_have_attribute("open", "")
    expect(fold.locator("summary")).to_be_focused()


@pytest.mark.parametrize("locale", ["en", "ja-easy"])
def test_a_page_of_another_shape_is_announced_and_read_from_its_heading(
    visit: Visit, locale: str
) -> None:
    taro = visit(locale)
    taro.machine.providers.set(ProviderRule("docomo", behaviour="defer"))
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))
    expect(taro.page.locator(".banner.warn")).to_be_visible(timeout=15_000)
    taro.field.focus()
    notice = taro.page.locator("#notice")
    kept = notice.element_handle()
    taro.machine.providers.set(ProviderRule("docomo", behaviour="bounce"))
    taro.machine.put_forward(60)  # SES tries again

    said = words(locale).gettext("The email was returned undelivered.")
    expect(notice).to_contain_text(furigana.without(said), timeout=30_000)
    assert kept is not None
    assert kept.evaluate("e => e.isConnected && e.role === 'status'")
    expect(taro.page.get_by_role("heading", level=1)).to_be_focused()
    expect(taro.field).not_to_be_visible()


def test_when_the_page_looked_last_is_said_anew(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("google", behaviour="delay", seconds=60))
    taro.asks()
    looked = taro.page.locator("#looked")
    looked.evaluate("e => e.textContent = 'long ago'")

    expect(looked).to_have_text(re.compile(r"^\d\d:\d\d$"), timeout=10_000)


@pytest.mark.parametrize("path", ["/register", "/register/code/help"])
def test_pages_that_do_not_follow_a_mail_say_that_there_is_no_connection(
    visit: Visit, path: str
) -> None:
    taro = visit("en")
    taro.opens(path)
    notice = taro.page.locator("#notice")
    taro.page.context.set_offline(True)
    expect(notice).to_have_text("No connection. What you see here may be old.")
    taro.page.context.set_offline(False)
    expect(notice).to_be_empty()


def test_a_form_that_waits_for_the_connection_goes_on_saying_so(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("google", behaviour="delay", seconds=60))
    taro.asks()
    taro.page.context.set_offline(True)
    taro.enters("123456")
    notice = taro.page.locator("#notice")
    expect(notice).to_contain_text("What you typed is kept")
    said = notice.evaluate(
        """notice => new Promise((done) => {
          const said = [];
          const listen = () => said.push(notice.textContent);
          new MutationObserver(listen).observe(notice, {childList: true});
          setTimeout(() => done(said), 8000);
        })"""
    )
    assert said == []


def test_it_says_that_it_updates_by_itself_only_as_long_as_it_does(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("google", behaviour="delay", seconds=3))
    taro.asks()
    said = taro.page.get_by_text("This updates by itself.")
    expect(said).to_be_visible()

    taro.page.evaluate("delete document.querySelector('main').dataset.moving")

    expect(said).not_to_be_visible()
