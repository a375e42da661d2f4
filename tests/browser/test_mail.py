"""The page tells where the mail is, as it happens, without disturbing who types."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from local.mail_providers import ProviderRule
from tests.browser.applicant import PASSWORD, Applicant
from tests.browser.conftest import Visit


def test_news_comes_by_itself_and_leaves_what_was_typed(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("google", behaviour="delay", seconds=4))
    taro.asks()
    now = taro.page.locator("#mail-now")
    taro.field.fill("123")
    taro.field.focus()

    expect(now).to_contain_text("We have sent the email")
    expect(now).to_contain_text("has reached Gmail", timeout=15_000)
    expect(taro.page.locator(".way .delivered")).to_be_visible()
    expect(taro.field).to_have_value("123")
    expect(taro.field).to_be_focused()
    expect(now).to_have_attribute("role", "status")


@pytest.mark.parametrize(
    ("behaviour", "said", "advice"),
    [
        (
            "bounce",
            "There is no such address, or it is set to refuse",
            "Check that the address is right",
        ),
        ("refuse", "refused our email", "so that you can receive our emails"),
    ],
)
def test_a_mail_that_comes_back_says_why_and_what_to_do(
    visit: Visit, behaviour: str, said: str, advice: str
) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("docomo", behaviour=behaviour))  # type: ignore[arg-type]
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))

    now = taro.page.locator("#mail-now")
    expect(now).to_contain_text("returned undelivered")
    expect(now).to_contain_text(said)
    expect(now).to_contain_text(advice)
    expect(taro.page.get_by_role("heading", level=1)).to_have_text("The email did not arrive")
    expect(taro.field).not_to_be_visible()
    now.locator("details a").first.click()
    taro.is_at("/register/code/help")
    first = taro.page.locator("main details").first
    expect(first).to_have_attribute("open", "")
    expect(first).to_contain_text("docomo mail")
    expect(first).to_contain_text("entry.todoku.example")


def test_a_mail_domain_that_does_not_exist_leads_to_the_field_for_another_address(
    visit: Visit,
) -> None:
    taro = visit("en")
    right = taro.address
    taro.asks(right.replace("gmail.com", "nowhere.example.com"))
    now = taro.page.locator("#mail-now")

    expect(now).to_contain_text("There is no mail domain “nowhere.example.com”.")
    expect(now).to_be_in_viewport()
    expect(now).to_contain_text("could not be sent")
    expect(taro.page.locator("#again-name")).to_have_count(0)
    now.get_by_role("link", name="Change the address").click()
    expect(taro.field).to_be_focused()
    taro.enters(right)
    taro.is_at("/register/code")
    expect(taro.page.locator("#mail-now")).not_to_contain_text("no mail domain")
    taro.address = right
    taro.enters(taro.code())
    taro.is_at("/register/password")


def test_help_has_what_is_read_out_on_the_telephone(visit: Visit) -> None:
    taro = visit("ja")
    taro.asks()
    label = taro.page.locator("dd.label").inner_text()
    reference = taro.page.locator("dd.mono").inner_text()

    taro.opens("/register/code/help")

    expect(taro.page.locator("main")).to_contain_text("0120-000-000")
    expect(taro.page.locator("dl.papers")).to_contain_text(label)
    expect(taro.page.locator("dl.papers")).to_contain_text(reference)


def test_a_mail_that_waits_for_its_turn_says_when_it_leaves(visit: Visit) -> None:
    taro, again = visit("en"), visit("en")
    taro.asks()
    taro.code()
    again.asks(taro.address)

    now = again.page.locator("#mail-now")
    expect(now).to_have_text(re.compile(r"waiting for its turn.*at about \d\d:\d\d"))
    assert again.mails() == 1

    again.machine.put_forward(61)

    again.code(mails=2)
    expect(now).to_contain_text("has reached Gmail", timeout=15_000)


def test_the_same_code_comes_again_after_a_minute(visit: Visit) -> None:
    taro = visit("en")
    taro.page.clock.install()
    taro.asks()
    first = taro.code()
    again = taro.page.get_by_role("button", name="Resend the same code")
    hint = taro.page.locator("#again")

    expect(hint).to_have_text(re.compile(r"You can resend in (1 min \d\d sec|\d\d seconds)\."))
    expect(again).to_have_attribute("aria-disabled", "true")
    again.click(force=True)
    taro.field.fill("12")

    taro.machine.put_forward(61)
    taro.page.clock.run_for(61_000)
    expect(hint).to_be_empty()
    expect(again).not_to_have_attribute("aria-disabled", "true")
    again.click()

    expect(taro.page.locator("#notice")).to_have_text("We have received your request.")
    assert taro.code(mails=2) == first
    expect(taro.field).to_have_value("12")
    expect(hint).to_contain_text("You can resend in")
    taro.is_at("/register/code")


def test_without_scripts_sending_again_too_soon_says_when(visit: Visit) -> None:
    taro = visit("en", java_script_enabled=False)
    taro.asks()
    taro.code()

    again = taro.page.get_by_role("button", name="Resend the same code")
    expect(again).to_have_attribute("aria-disabled", "true")
    expect(taro.page.locator("main")).not_to_contain_text("updates by itself", use_inner_text=True)
    again.click(force=True)

    expect(taro.page.locator("#problem")).to_contain_text("Please wait a moment")
    expect(taro.page.locator("#problem")).to_contain_text("Try again in")
    assert taro.mails() == 1


def test_a_code_whose_time_is_over_is_replaced(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    old = taro.code()
    taro.machine.put_forward(25 * 3600)
    taro.opens("/register/code")

    heading = taro.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("This code has expired")
    expect(taro.page.locator("#mail-now")).to_contain_text("(Japan time)")
    expect(taro.field).not_to_be_visible()
    taro.page.get_by_role("button", name="Send a new code").click()

    new = taro.code(mails=2)
    expect(heading).to_have_text("Enter the six-digit code")
    if new != old:
        taro.enters(old)
        expect(taro.sees_problem()).to_contain_text("does not match")
    taro.enters(new)
    taro.is_at("/register/password")


def test_the_page_follows_a_mail_that_was_sent_again_long_after_the_first(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    taro.code()
    taro.machine.put_forward(600)
    taro.opens("/register/code")
    expect(taro.page.locator("#mail-now")).to_contain_text("use another address")

    taro.page.get_by_role("button", name="Resend the same code").click()

    expect(taro.page.locator("#mail-now")).not_to_contain_text("use another address")
    expect(taro.page.locator(".way").first).to_contain_text("Resend requested")
    expect(taro.page.locator(".way").first.locator(".delivered")).to_be_visible(timeout=10_000)
    assert taro.mails() == 2


def test_sending_again_after_a_mail_came_back_is_no_longer_told_as_a_failure(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("icloud", behaviour="refuse"))
    taro.asks(taro.address.replace("gmail.com", "icloud.com"))
    now = taro.page.locator("#mail-now")
    expect(now).to_contain_text("returned undelivered")
    taro.machine.providers.reset()
    taro.machine.put_forward(61)
    taro.opens("/register/code")

    taro.page.get_by_role("button", name="Resend the same code").click()

    expect(now).to_contain_text("has reached iCloud", timeout=10_000)
    expect(taro.page.locator("#notice")).to_be_empty(timeout=10_000)


def test_sending_again_whose_answer_or_page_was_lost_is_found_and_keeps_what_was_typed(
    visit: Visit,
) -> None:
    taro = visit("en")
    taro.asks()
    taro.code()
    taro.machine.put_forward(600)
    taro.opens("/register/code")
    taro.field.fill("99")
    lost: list[str] = []

    def once(route: Route) -> None:
        if route.request.url in lost:
            return route.continue_()
        lost.append(route.request.url)
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
        return route.abort()

    taro.page.route("**/current/code", once)
    taro.page.route("**/register/code", once)
    taro.page.get_by_role("button", name="Resend the same code").click()

    expect(taro.page.locator(".way").first).to_contain_text("Resend requested", timeout=15_000)
    expect(taro.page.locator("#problem")).to_have_count(0)
    expect(taro.field).to_have_value("99")
    assert len(lost) == 2
    assert taro.mails() == 2


def test_after_a_new_code_nothing_says_any_more_that_codes_do_not_work(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    old = taro.code()
    taro.machine.put_forward(25 * 3600)
    taro.enters(old)
    expect(taro.sees_problem()).to_contain_text("no longer works")
    taro.field.fill("12")

    taro.page.get_by_role("button", name="Send a new code").click()

    expect(taro.page.locator("#problem, .fault, [aria-invalid]")).to_have_count(0)
    expect(taro.page).not_to_have_title(re.compile("Error"))
    expect(taro.field).to_have_value("12")
    again = taro.page.get_by_role("button", name="Resend the same code")
    expect(again).to_be_visible(timeout=10_000)
    expect(taro.page.locator("#mail-now")).not_to_contain_text("worked until")
    taro.enters(taro.code(2))
    taro.is_at("/register/password")


def comes_back(taro: Applicant) -> None:
    """The mail that its provider has deferred so far, while the page is open."""
    taro.machine.providers.set(ProviderRule("docomo", behaviour="bounce"))
    taro.machine.put_forward(60)  # SES tries again
    heading = taro.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("The email did not arrive", timeout=30_000)


def test_a_mail_that_comes_back_while_the_page_is_open_leads_to_another_address(
    visit: Visit,
) -> None:
    """The field folds away, and what was typed is still in it."""
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("docomo", behaviour="defer"))
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))
    taro.field.fill("123")
    taro.field.blur()
    expect(taro.page.locator(".banner.warn")).to_be_visible(timeout=15_000)
    comes_back(taro)
    expect(taro.field).not_to_be_visible()
    taro.page.get_by_text("I have a code").click()
    expect(taro.field).to_have_value("123")
    taro.page.locator("#mail-now").get_by_role("link", name="Change the address").click()
    expect(taro.field).to_have_value(taro.address.replace("gmail.com", "docomo.ne.jp"))


def test_who_is_typing_goes_on_when_the_mail_comes_back(visit: Visit) -> None:
    """It may be the code of an earlier mail, which works."""
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("docomo", behaviour="defer"))
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))
    taro.field.press_sequentially("123")
    expect(taro.page.locator(".banner.warn")).to_be_visible(timeout=15_000)
    comes_back(taro)
    expect(taro.field).to_be_focused()
    taro.page.keyboard.type("456")
    expect(taro.field).to_have_value("123456")


def test_without_a_connection_the_page_says_that_it_may_be_old(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("google", behaviour="delay", seconds=60))
    taro.asks()
    expect(taro.page.locator("#looked")).to_have_text(re.compile(r"\d\d:\d\d"))
    taro.page.context.set_offline(True)
    notice = taro.page.locator("#notice")
    expect(notice).to_have_text("No connection. What you see here may be old.", timeout=15_000)
    taro.page.context.set_offline(False)
    expect(notice).to_be_empty(timeout=15_000)


@pytest.mark.parametrize("locale", ["ja", "ja-easy", "en"])
@pytest.mark.parametrize("behaviour", ["normal", "defer", "bounce"])
def test_what_happened_is_seen_without_scrolling(visit: Visit, locale: str, behaviour: str) -> None:
    taro = visit(locale, viewport={"width": 360, "height": 640})
    rule = ProviderRule("docomo", behaviour=behaviour)  # type: ignore[arg-type]
    taro.machine.providers.set(rule)
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))
    kind = {"normal": "good", "defer": "warn", "bounce": "bad"}[behaviour]
    banner = taro.page.locator(f".banner.{kind}")
    expect(banner).to_be_in_viewport(ratio=1, timeout=15_000)


def test_news_of_the_mail_leaves_a_refusal_where_it_is(visit: Visit) -> None:
    taro = visit("en")
    taro.machine.providers.set(ProviderRule("google", behaviour="delay", seconds=4))
    taro.asks()
    taro.enters("12345")
    problem = taro.sees_problem()
    expect(problem).to_contain_text("six digits")

    expect(taro.page.locator("#mail-now")).to_contain_text("has reached Gmail", timeout=15_000)
    expect(problem).to_contain_text("six digits")
    expect(taro.page.locator("main > .banner, main > #mail-now > .banner")).to_have_count(1)


def test_after_a_mail_came_back_a_refused_form_is_still_told_as_that(visit: Visit) -> None:
    """Without scripts: the button that only looks locked is pressed, and a wrong code is sent."""
    taro = visit("en", java_script_enabled=False)
    taro.machine.providers.set(ProviderRule("docomo", behaviour="refuse"))
    taro.asks(taro.address.replace("gmail.com", "docomo.ne.jp"))
    heading = taro.page.get_by_role("heading", level=1)
    for _ in range(40):
        if heading.inner_text() == "The email did not arrive":
            break
        taro.page.wait_for_timeout(250)
        taro.page.get_by_role("link", name="Refresh").click()
    again = taro.page.get_by_role("button", name="Resend the same code")
    expect(again).to_have_attribute("aria-disabled", "true")
    again.click(force=True)

    expect(taro.sees_problem()).to_have_text(re.compile(r"^\s*You can resend at \d\d:\d\d"))
    expect(taro.page.locator("main")).not_to_contain_text("minutes")
    expect(taro.field).not_to_be_visible()
    taro.page.get_by_text("I have a code").click()
    taro.enters("000000")
    expect(taro.sees_problem()).to_contain_text("does not match")
    expect(heading).to_have_text("The email did not arrive")
    expect(taro.field).to_be_visible()
    taro.page.locator("main > .button").click()
    taro.is_at("/register")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_mail_that_came_back_leads_over_another_address_to_the_account(
    visit: Visit, scripts: bool
) -> None:
    taro = visit("ja", java_script_enabled=scripts)
    right, wrong = taro.address, taro.address.replace("gmail.com", "docomo.ne.jp")
    taro.machine.providers.set(ProviderRule("docomo", behaviour="bounce"))
    taro.asks(wrong)
    banner = taro.page.locator(".banner.bad")
    for _ in range(20):
        if scripts or banner.is_visible():
            break
        taro.page.wait_for_timeout(250)
        taro.page.get_by_role("link", name="最新の状況を表示する").click()
    banner.get_by_role("link").click()
    expect(taro.field).to_have_value(wrong)
    taro.enters(right)
    taro.is_at("/register/code")
    taro.address = right
    taro.enters(taro.code())
    taro.is_at("/register/password")
    taro.enters(PASSWORD)
    taro.is_at("/register/done")
