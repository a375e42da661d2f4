"""Pages of other sites: their links lead to the applicant's own step, and they change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Response, expect

from local.server import LocalServer
from tests.browser.applicant import Applicant
from tests.browser.conftest import Visit
from tests.browser.other_site import OtherSite

CURRENT = "/api/v1/registrations/current"
HANAKO = "hanako@gmail.com"
CHANGES = [
    ("POST", "/api/v1/registrations", {"email": HANAKO}),
    ("POST", f"{CURRENT}/code", {}),
    ("PUT", f"{CURRENT}/email", {"email": HANAKO}),
    ("POST", f"{CURRENT}/verification", {"code": "123456"}),
    ("POST", f"{CURRENT}/account", {"password": "wa-ta-shi no neko"}),
    ("DELETE", CURRENT, {}),
    ("DELETE", "/api/v1/session", {}),
]

scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
both_origins = pytest.mark.parametrize("name", ["elsewhere", "sibling"])

FETCHES = """async ([method, url, body]) => {
  const encodings = [
    ["application/json", JSON.stringify(body)],
    ["application/x-www-form-urlencoded", new URLSearchParams({...body, _method: method})],
  ];
  const outcomes = [];
  for (const mode of ["cors", "no-cors"])
    for (const [type, text] of encodings)
      for (const verb of new Set([method, "POST"]))
        outcomes.push(await fetch(url, {
          method: verb, mode, credentials: "include", headers: {"Content-Type": type}, body: text,
        }).then((answer) => answer.type === "opaque" ? "opaque" : "read", () => "failed"));
  return outcomes;
}"""


@pytest.fixture(scope="module")
def other() -> Iterator[OtherSite]:
    with OtherSite() as site:
        yield site


def link(path: str) -> str:
    return f'<meta charset="utf-8"><a href="{path}">school</a>'


def form(machine: LocalServer, method: str, path: str, fields: dict[str, str]) -> str:
    hidden = {**fields, **({} if method == "POST" else {"_method": method})}
    inputs = "".join(f'<input name="{n}" value="{v}">' for n, v in hidden.items())
    return f'<form method="post" action="{machine.url}{path}">{inputs}<button>go</button></form>'


def follows_a_link(taro: Applicant, other: OtherSite, path: str) -> None:
    """From a page of another site, in a new tab."""
    other.pages["/"] = link(taro.machine.url + path)
    taro.page = taro.tab()
    taro.page.goto(other.elsewhere)
    taro.page.get_by_role("link").click()


@scripts
@pytest.mark.parametrize("path", ["/", "/register", "/register/code", "/register/password"])
def test_a_link_of_another_site_lands_on_the_applicants_own_step(
    visit: Visit, other: OtherSite, path: str, scripts: bool
) -> None:
    taro = visit("ja-easy", java_script_enabled=scripts)
    taro.asks()
    label = taro.page.locator("dd.label").inner_text()

    follows_a_link(taro, other, path)

    taro.is_at("/register/code")
    expect(taro.page.locator("dd.label")).to_have_text(label)
    expect(taro.page.locator("html.easy")).to_have_count(1)
    taro.enters(taro.code())
    taro.is_at("/register/password")
    follows_a_link(taro, other, path)
    taro.is_at("/register/password")


def test_who_has_begun_nothing_is_led_to_the_start_page(visit: Visit, other: OtherSite) -> None:
    taro = visit("en")
    follows_a_link(taro, other, "/")
    taro.is_at("/")
    expect(taro.page.get_by_role("link", name="Start")).to_be_visible()


@both_origins
def test_no_script_of_another_page_changes_anything(
    visit: Visit, other: OtherSite, name: str
) -> None:
    taro = visit("en")
    taro.asks()
    taro.code()
    before = state(taro)
    hostile = taro.page.context.new_page()
    answers: list[Response] = []
    hostile.on("response", lambda answer: answers.append(answer))
    other.pages["/"] = "<p>"
    hostile.goto(getattr(other, name))

    for method, path, body in CHANGES:
        answers.clear()
        outcomes = hostile.evaluate(FETCHES, [method, taro.machine.url + path, body])

        assert set(outcomes) <= {"opaque", "failed"}
        sent = [answer for answer in answers if answer.request.method != "OPTIONS"]
        assert sent
        assert {answer.status for answer in sent} == {403}
    assert state(taro) == before
    assert taro.machine.mailbox.to(HANAKO) == []


@scripts
@both_origins
def test_no_form_of_another_page_changes_anything(
    visit: Visit, other: OtherSite, name: str, scripts: bool
) -> None:
    taro = visit("en", java_script_enabled=scripts)
    taro.asks()
    taro.code()
    before = state(taro)
    hostile = taro.page.context.new_page()

    for method, path, body in CHANGES:
        other.pages["/"] = form(taro.machine, method, path, body)
        hostile.goto(getattr(other, name))
        with hostile.expect_response(lambda answer: answer.request.method == "POST") as posted:
            hostile.get_by_role("button").click()

        assert posted.value.status == 403
        expect(hostile.locator("#problem")).to_be_focused()
    assert state(taro) == before
    assert taro.machine.mailbox.to(HANAKO) == []


def state(taro: Applicant) -> tuple[object, ...]:
    """What the applicant has: the registration but for what moves by itself, cookies, mails."""
    seen = taro.page.context.request.get(taro.machine.url + CURRENT).json()
    kept = ("reference", "label", "state", "email", "attempts_left")
    cookies = {c["name"]: c["value"] for c in taro.page.context.cookies()}
    return ([seen[name] for name in kept], cookies, taro.mails())
