"""The console of the local machine under ``/local/``, in a real browser: for everybody, following
what happens without a reload, and without scripts."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from msgspec.structs import asdict
from playwright.sync_api import Browser, Locator, Page, Route, expect

from local import mx_table
from local.mail_providers import ProviderRule
from local.mailbox import Message
from local.server import LocalServer
from tests.browser.test_access import found_by_axe

PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
PAGES = ("/local/", "/local/mails/1", "/local/providers", "/local/switches")

TARGETS = """() => [...document.querySelectorAll("a, button, summary, input, select")]
  .filter((e) => e.checkVisibility() && !e.matches(".skip, [aria-hidden=true]"))
  .filter((e) => !e.closest("details:not([open]) > :not(summary)"))
  .filter((e) => !e.matches("p:not(.subject) > a:not(.more)"))  // in a sentence (WCAG 2.5.8)
  .map((e) => [(e.closest(".tick") ?? e).getBoundingClientRect(), e.outerHTML])
  .filter(([box]) => box.width < 44 || box.height < 44)
  .map(([box, html]) => `${box.width} x ${box.height}: ${html}`)"""

_numbers = itertools.count(1)

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, machine: LocalServer) -> Iterator[Open]:
    """Opens a page of the console: ``opened("/local/")``. What a script could not do, or the policy
    forbade, fails the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def opened(path: str, **context: Any) -> Page:
        page = browser.new_context(
            base_url=machine.url, **{"viewport": PHONE, **context}
        ).new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        pages.append(page)
        page.goto(path)
        return page

    yield opened
    for page in pages:
        page.context.close()
    asked_in_vain = ("net::ERR_FAILED", "status of 404")
    assert [it for it in complaints if not any(told in it for told in asked_in_vain)] == []


def registered(machine: LocalServer, domain: str = "gmail.com") -> str:
    """The address of somebody who has just registered."""
    email = f"hanako{next(_numbers)}@{domain}"
    body = json.dumps({"email": email, "locale": "en"}).encode()
    headers = {"Content-Type": "application/json"}
    urlopen(Request(f"{machine.url}/api/v1/registrations", body, headers)).close()
    return email


def mailed(machine: LocalServer) -> Message:
    """The mail of somebody who has."""
    return machine.wait_for_mail(registered(machine))[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_read_and_press_everything(
    machine: LocalServer, opened: Open, path: str, scheme: str
) -> None:
    mailed(machine)
    machine.providers.set(ProviderRule("docomo", None, "defer", 90, duplicates=True))
    machine.providers.set(ProviderRule("icloud", "primary", "bounce"))
    machine.switches.set(cognito_ms=1, sqs_fail="throttle", ses_per_second=14)
    machine.switches.set(sqs_fail=None)
    page = opened(path, color_scheme=scheme)

    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert found_by_axe(page) == []
        assert page.evaluate(TARGETS) == []
    page.set_viewport_size({"width": 320, "height": 256})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_list_follows_without_a_reload(machine: LocalServer, opened: Open) -> None:
    before = mailed(machine)
    page = opened("/local/")
    page.evaluate("window.loaded = 'once'")
    page.get_by_role("link", name=before.to).focus()
    mail = mailed(machine)

    item = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=mail.to))
    expect(item).to_contain_text(str(mail.code))
    expect(item).to_contain_text("delivered")
    assert page.evaluate("window.loaded") == "once"
    expect(page.get_by_role("link", name=before.to)).to_be_focused()


def test_a_search_while_typing(machine: LocalServer, opened: Open) -> None:
    mails = [mailed(machine), mailed(machine)]
    page = opened("/local/")
    field = page.get_by_label("Address, reference or label")
    links = page.locator("#mails a")
    for mail in mails:
        label = mail.subject[1:3]
        for query in (mail.to, label):
            field.press_sequentially(query)
            expect(links.filter(has_text=mail.to)).to_be_visible()
            expect(page.locator("#count")).to_contain_text(
                f"match{'es' if query == mail.to else ''}"
            )
            assert page.evaluate("new URLSearchParams(location.search).get('q')") == query
            field.fill("")
            expect(page.locator("#count")).to_contain_text("newest first")
    assert page.url == f"{machine.url}/local/"


def test_a_code_is_copied(machine: LocalServer, opened: Open) -> None:
    mail = mailed(machine)
    page = opened("/local/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=f"Copy the code for {mail.to}").click()
    expect(page.get_by_role("status").last).to_have_text(f"Copied {mail.code}.")
    assert page.evaluate("navigator.clipboard.readText()") == mail.code

    page.get_by_role("link", name=mail.to).click()
    page.get_by_role("button", name="Copy the reference").click()
    reference = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"\w{4}-\w{4}-\w\w", reference)
    page.goto(f"/local/?q={reference}")
    expect(page.locator("#mails a")).to_have_text([mail.to])


def test_a_mails_trail_follows_it(machine: LocalServer, opened: Open) -> None:
    machine.providers.set(ProviderRule("yahoo-jp", None, "defer"))
    email = registered(machine, "yahoo.co.jp")
    page = opened("/local/")
    page.get_by_role("link", name=email).click()
    expect(page.locator("#state")).to_contain_text("delayed: deferred")
    expect(page.locator("#trail")).to_contain_text("450 4.7.0 Please try again later")
    page.locator("summary").first.click()
    page.evaluate("window.loaded = 'once'")

    machine.providers.reset()
    machine.put_forward(16)
    expect(page.locator("#state")).to_contain_text("delivered in the inbox")
    expect(page.locator("#trail b")).to_have_text(["waiting", "sent", "delayed", "delivered"])
    assert page.evaluate("window.loaded") == "once"
    expect(page.locator("#event-1")).to_have_attribute("open", "")


def test_a_server_that_is_gone_is_told_and_so_is_its_return(
    machine: LocalServer, opened: Open
) -> None:
    def gone(route: Route) -> None:
        route.abort("failed")

    page = opened("/local/")
    page.route("**/local/**", gone)
    expect(page.get_by_role("status").last).to_contain_text("does not answer")
    page.unroute("**/local/**")
    expect(page.get_by_role("status").last).to_be_empty()


def test_a_mail_that_is_kept_no_more_is_told_as_that(machine: LocalServer, opened: Open) -> None:
    page = opened("/local/switches")
    page.route("**/local/switches", lambda route: route.fulfill(status=404, body="nothing"))
    expect(page.get_by_role("status").last).to_contain_text("not kept any more")


def test_controls_follow_what_is_set_elsewhere(machine: LocalServer, opened: Open) -> None:
    providers, switches = opened("/local/providers"), opened("/local/switches")
    icloud = providers.get_by_role("region", name="icloud")
    icloud.get_by_role("button", name="normal").focus()
    machine.providers.set(ProviderRule("icloud", None, "bounce", 5))
    expect(icloud.get_by_role("button", name="bounce")).to_have_attribute("aria-pressed", "true")
    expect(icloud.get_by_role("button", name="normal")).to_be_focused()

    machine.switches.set(cognito_ms=7, triggers=False)
    cognito = switches.get_by_role("group", name="cognito").get_by_label("Slower by (ms)")
    expect(cognito).to_have_value("7")
    expect(switches.get_by_label("Cognito’s code events")).to_have_value("false")


TEXT_FIELDS = "main input:not([type=hidden], [type=checkbox])"


def text_fields(page: Page) -> list[Locator]:
    """A page's text fields, each in sight."""
    page.evaluate("document.querySelectorAll('details').forEach((it) => it.open = true)")
    return page.locator(TEXT_FIELDS).all()


def settings(machine: LocalServer) -> dict[tuple[str, ...], object]:
    """Every setting: a provider's by provider, route and name, a switch by its name."""
    rules = {
        (mx_table.provider(domain), route, name): value
        for domain in mx_table.DOMAINS
        for route in (*machine.routes, "any other")
        for name, value in asdict(machine.providers.rule(domain, route)).items()
    }
    return rules | {(name,): value for name, value in asdict(machine.switches.now()).items()}


@pytest.mark.parametrize("path", PAGES)
def test_enter_in_a_text_field_sets_that_field_alone(
    machine: LocalServer, opened: Open, path: str
) -> None:
    mailed(machine)
    machine.providers.set(ProviderRule("docomo", None, "bounce", 5, duplicates=True))
    machine.providers.set(ProviderRule("au", None, "silent"))
    machine.providers.set(ProviderRule("icloud", "primary", "refuse", 5))
    machine.providers.set(ProviderRule("icloud", None, "junk", disorder=True))
    machine.switches.set(kms_fail="throttle", triggers=False, sqs_ms=1)
    page = opened(path)
    for number in range(len(text_fields(page))):
        page.goto(path)
        field = text_fields(page)[number]
        name = field.get_attribute("name") or ""
        provider = field.evaluate("(field) => field.form.elements.provider?.value") or ""
        # Forward: no other test expects a clock that was put back.
        typed = {"clock_offset_s": f"{machine.clock.offset + 3600:.0f}", "provider": "docomo"}
        before = settings(machine)
        field.fill(typed.get(name, "7"))
        with page.expect_response(lambda answer: answer.request.is_navigation_request()):
            field.press("Enter")

        now = settings(machine)
        changed = {setting for setting in before if now[setting] != before[setting]}
        if name in ("q", "provider"):
            assert changed == set(), f"{name} only finds something"
        else:
            assert {(setting[0], setting[-1]) for setting in changed} == {(provider or name, name)}


def test_what_somebody_has_in_hand_stays_and_undoes_nothing(
    machine: LocalServer, opened: Open
) -> None:
    page = opened("/local/switches")
    page.get_by_label("MX look-ups").select_option("true")
    cognito = page.get_by_role("group", name="cognito")
    machine.switches.set(triggers=False, cognito_ms=7)
    expect(cognito.get_by_label("Slower by (ms)")).to_have_value("7")
    expect(page.get_by_label("MX look-ups")).to_have_value("true")
    expect(page.get_by_label("Cognito’s code events")).to_have_value("true")
    page.get_by_role("button", name="Set the switches", exact=True).click()
    expect(page.get_by_role("link", name="no MX look-up is answered")).to_be_visible()
    now = machine.switches.now()
    assert (now.dns_fail, now.triggers, now.cognito_ms) == (True, False, 7)


def test_everything_works_without_scripts(machine: LocalServer, opened: Open) -> None:
    mail = mailed(machine)
    mailed(machine)
    page = opened("/local/", java_script_enabled=False)
    page.get_by_label("Address, reference or label").fill(mail.to)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#mails a")).to_have_text([mail.to])
    expect(page.locator("[data-copy]")).to_be_hidden()

    page.get_by_role("link", name="Providers").click()
    google = page.get_by_role("region", name="google")
    google.get_by_role("button", name="junk").click()
    expect(google.get_by_role("button", name="junk")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Not as usual")).to_be_visible()
    assert machine.providers.rule("gmail.com", "primary").behaviour == "junk"
    google.get_by_role("button", name="Reset google").click()
    expect(google.get_by_role("button", name="normal")).to_have_attribute("aria-pressed", "true")

    page.get_by_role("link", name="Switches").click()
    before = machine.clock.offset
    page.get_by_role("button", name="+ 1 hour").click()
    ahead = page.get_by_label("Seconds ahead in all")
    expect(ahead).to_have_value(f"{before + 3600:.15g}")
    assert machine.clock.offset == before + 3600
    cognito = page.get_by_role("group", name="cognito")
    cognito.get_by_label("Slower by (ms)").fill("250")
    cognito.get_by_label("Each call").select_option("throttle")
    page.get_by_role("button", name="Set the switches", exact=True).click()
    expect(page.get_by_role("link", name="cognito: throttle")).to_be_visible()
    values = machine.switches.values
    assert (values.cognito_ms, values.cognito_fail) == (250, "throttle")
    page.get_by_role("button", name="Reset the switches").click()
    expect(page.get_by_role("link", name="cognito: throttle")).to_be_hidden()
    assert machine.switches.values.cognito_ms == 0
    expect(ahead).to_have_value(f"{before + 3600:.15g}")
