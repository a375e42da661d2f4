"""A board's own form on another host, as both READMEs write it down: by script on the same site,
plain on another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from local.server import LocalServer
from tests.browser.applicant import PASSWORD, Applicant
from tests.browser.conftest import Visit
from tests.browser.other_site import OtherSite

ROOT = Path(__file__).parents[2]
READMES = {"en": "README.md", "ja": "README.ja.md"}
LABELS = {"en": "Email address", "ja": "メールアドレス"}
BUTTONS = {"en": "Register", "ja": "登録"}
SERVICE = "http://127.0.0.1:8000"

scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
readme = pytest.mark.parametrize("readme", READMES)


def example(readme: str, language: str) -> str:
    """The one example in this language in one of the READMEs, as it is to be typed."""
    text = (ROOT / READMES[readme]).read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert SERVICE in found
    return str(found)


@pytest.fixture(scope="module")
def board() -> Iterator[OtherSite]:
    with OtherSite() as site:
        yield site


@pytest.fixture(scope="module")
def running(board: OtherSite) -> Iterator[LocalServer]:
    """The module's machine, which takes the board's forms."""
    origins = {"Origins": f"{board.sibling},{board.elsewhere}"}
    with LocalServer(transit=0.01, retry_after=0.2, parameters=origins) as machine:
        for name in READMES:
            form = example(name, "html").replace(SERVICE, machine.url)
            script = example(name, "js").replace(SERVICE, machine.url)
            script = script.replace("taro@gmail.com", f"by.script.{name}@gmail.com")
            board.pages[f"/{name}/form"] = form
            board.pages[f"/{name}/script"] = f'{form}<script type="module">{script}</script>'
        in_english = board.pages["/en/form"].replace('value="ja"', 'value="en"')
        board.pages["/en/form-in-english"] = in_english
        yield machine


def posts(taro: Applicant, readme: str, email: str) -> None:
    """Fill in the form and press its button, both found by the words that the README gives."""
    taro.page.get_by_label(LABELS[readme]).fill(email)
    taro.page.get_by_role("button", name=BUTTONS[readme]).click()


@readme
@scripts
@pytest.mark.parametrize("name", ["elsewhere", "sibling"])
def test_a_plain_form_leads_from_the_first_page_to_the_last(
    visit: Visit, board: OtherSite, name: str, scripts: bool, readme: str
) -> None:
    taro = visit("ja", java_script_enabled=scripts)
    taro.page.goto(f"{getattr(board, name)}/{readme}/form")
    posts(taro, readme, taro.address)

    taro.is_at("/register/code")
    expect(taro.page).to_have_url(f"{taro.machine.url}/register/code")
    taro.page.reload()
    taro.is_at("/register/code")
    taro.enters(taro.code())
    taro.is_at("/register/password")
    taro.enters(PASSWORD)
    taro.is_at("/register/done")
    assert taro.mails() == 1


@pytest.mark.parametrize("policy", ["no-referrer", "same-origin"])
def test_the_forms_page_names_its_origin_under_a_strict_policy_too(
    visit: Visit, board: OtherSite, policy: str
) -> None:
    taro = visit("ja")
    board.headers["Referrer-Policy"] = policy
    try:
        taro.page.goto(f"{board.elsewhere}/ja/form")
    finally:
        board.headers.clear()
    posts(taro, "ja", taro.address)
    taro.is_at("/register/code")


@scripts
def test_what_is_wrong_in_it_is_put_right_on_our_page(
    visit: Visit, board: OtherSite, scripts: bool
) -> None:
    taro = visit("ja", java_script_enabled=scripts)
    taro.page.goto(f"{board.elsewhere}/ja/form")
    posts(taro, "ja", "taro")

    taro.sees_problem()
    expect(taro.field).to_have_value("taro")
    taro.enters(taro.address)
    taro.is_at("/register/code")
    taro.enters(taro.code())
    taro.is_at("/register/password")


@readme
def test_a_script_of_the_same_site_holds_the_registration(
    visit: Visit, board: OtherSite, readme: str
) -> None:
    taro = visit("ja")
    taro.page.goto(f"{board.sibling}/{readme}/script")
    expect(taro.page.locator("body")).to_contain_text(re.compile("(queued|awaiting_code), label"))
    taro.opens("/")
    taro.page.locator("main .button").first.click()
    taro.is_at("/register/code")


def test_a_script_of_another_site_is_refused_and_can_read_why(
    visit: Visit, board: OtherSite
) -> None:
    page = visit("ja").page.context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))

    with page.expect_event("pageerror") as failed:
        page.goto(f"{board.elsewhere}/ja/script")

    assert "/cross-site-fetch: " in failed.value.message
    (sent,) = [answer for answer in answers if answer.request.method == "POST"]
    assert sent.status == 403
    assert {cookie["name"] for cookie in page.context.cookies()} == {"lang"}


def language(taro: Applicant) -> str | None:
    kept = {cookie.get("name"): cookie.get("value") for cookie in taro.page.context.cookies()}
    return kept.get("lang")


@scripts
def test_the_language_that_somebody_chose_before_stays(
    visit: Visit, board: OtherSite, scripts: bool
) -> None:
    taro = visit("ja-easy", java_script_enabled=scripts)
    taro.page.goto(f"{board.elsewhere}/ja/form")
    posts(taro, "ja", taro.address)

    taro.is_at("/register/code")
    assert language(taro) == "ja-easy"
    expect(taro.page.locator("html.easy")).to_be_visible()


@pytest.mark.parametrize("typed", ["gmail.com", "gmai.com"])
def test_whoever_chose_none_goes_on_in_the_forms_own(
    visit: Visit, board: OtherSite, typed: str
) -> None:
    """And is asked in it."""
    taro = visit("ja")  # as the browser would have it
    taro.page.context.clear_cookies()
    taro.page.goto(f"{board.elsewhere}/en/form-in-english")
    posts(taro, "en", taro.address.replace("gmail.com", typed))

    if typed != "gmail.com":
        taro.page.get_by_role("button", name="Yes, send to").click()
    taro.is_at("/register/code")
    heading = taro.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Enter the six-digit code")
    assert language(taro) == "en"
