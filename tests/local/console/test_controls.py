"""The console's controls: providers, switches and the clock, by buttons and forms."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from local.console.machine import span, usual_switches
from local.lambda_service import FailedInvocation
from local.mail_providers import BEHAVIOURS, ProviderRule
from local.server import LocalServer
from tests.local.console.conftest import Console


def unusual(console: Console) -> list[str]:
    """What the console says is not as usual, on its first page."""
    page = console.get("/local/")[1]
    part = page.partition('<p class="unusual">')[2].partition("</p>")[0]
    return [words.replace("&#39;", "'") for words in re.findall(r">([^<>]+)</a>", part)]


def card(console: Console, provider: str) -> str:
    """The part of the page that is about one provider."""
    page = console.get("/local/providers")[1]
    return page.partition(f'id="about-{provider}"')[2].partition("</section>")[0]


def pressed(card: str) -> list[str]:
    return re.findall(r'value="(\w+)" aria-pressed="true"', card)


def test_each_known_provider_has_each_behaviour_as_a_button(console: Console) -> None:
    page = console.get("/local/providers")[1]
    names = re.findall(r'<section class="card" id="about-([\w-]+)"', page)
    assert {"google", "docomo", "au", "softbank", "yahoo-jp", "icloud", "microsoft"} <= set(names)
    for name in names:
        buttons = re.findall(r'<button name="behaviour" value="(\w+)"', card(console, name))
        assert buttons == list(BEHAVIOURS)
        assert pressed(card(console, name)) == ["normal"]


def test_a_button_breaks_a_provider_and_reset_mends_it(
    machine: LocalServer, console: Console
) -> None:
    options = {"route": "", "seconds": "1.5", "duplicates": "true"}
    status, _ = console.post("/local/providers", provider="au", behaviour="defer", **options)
    assert (status, console.location) == (303, "/local/providers#about-au")
    assert machine.providers.rule("au.com", "primary") == ProviderRule(
        "au", None, "defer", 1.5, duplicates=True
    )
    assert pressed(card(console, "au")) == ["defer"]
    assert 'value="1.5"' in card(console, "au")
    assert unusual(console) == ["au: defer, duplicates"]

    machine.providers.set(ProviderRule("google", behaviour="junk"))
    assert console.post("/local/providers/reset", provider="au")[0] == 303
    assert machine.providers.rules() == [ProviderRule("google", behaviour="junk")]
    assert console.post("/local/providers/reset")[0] == 303
    assert machine.providers.rules() == []
    assert unusual(console) == []


def test_a_rule_for_one_route_is_shown_apart(machine: LocalServer, console: Console) -> None:
    assert "<option>primary</option>" in card(console, "icloud")
    console.post("/local/providers", provider="icloud", behaviour="silent", route="primary")
    assert pressed(card(console, "icloud")) == ["normal"]
    assert "By primary, whatever the others do: <b>silent</b>" in card(console, "icloud")
    assert unusual(console) == ["icloud by primary: silent"]


def test_a_providers_form_undoes_nothing_that_was_set_elsewhere_since(
    machine: LocalServer, console: Console
) -> None:
    hidden = r'<input type="hidden" name="([\w:]+)" value="([^"]*)"'
    fields = dict(re.findall(hidden, card(console, "au"))) | {"route": "", "seconds": "90"}
    held = ProviderRule("au", None, "bounce", 5, duplicates=True, disorder=True)
    machine.providers.set(held)
    assert console.post("/local/providers", **fields)[0] == 303
    assert machine.providers.rules() == [replace(held, seconds=90)]
    console.post("/local/providers", **fields | {"duplicates": "true", "behaviour": "junk"})
    console.post("/local/providers", **fields | {"shown:disorder": "true"})
    assert machine.providers.rules() == [
        replace(held, behaviour="junk", seconds=90, disorder=False)
    ]


def test_a_form_for_one_route_begins_with_what_holds_there(
    machine: LocalServer, console: Console
) -> None:
    machine.providers.set(ProviderRule("au", None, "bounce", 5))
    console.post("/local/providers", provider="au", route="primary", disorder="true")
    rule = machine.providers.rule("au.com", "primary")
    assert rule == ProviderRule("au", "primary", "bounce", 5, disorder=True)


@pytest.mark.parametrize("typed", ["日本語.jp", "XN--wgv71a119e.jp", "日本語．ｊｐ"])
def test_a_provider_whose_domain_has_other_letters_is_found_as_typed(
    machine: LocalServer, console: Console, typed: str
) -> None:
    console.post("/local/providers", provider=typed, behaviour="refuse")
    assert console.location == "/local/providers#about-xn-wgv71a119e-jp"
    assert machine.providers.rule("xn--wgv71a119e.jp", "primary").behaviour == "refuse"
    assert ">日本語.jp</h2>" in console.get("/local/providers")[1]
    assert unusual(console) == ["日本語.jp: refuse"]


def test_a_provider_outside_the_table_gets_a_card(machine: LocalServer, console: Console) -> None:
    console.post("/local/providers", provider="school.example", behaviour="refuse")
    assert pressed(card(console, "school-example")) == ["refuse"]
    assert machine.providers.rule("school.example", "primary").behaviour == "refuse"


def test_switches_are_set_by_their_form(machine: LocalServer, console: Console) -> None:
    page = console.get("/local/switches")[1]
    fields = dict(re.findall(r'<input name="(\w+)"[^>]* value="([^"]*)"', page))
    for name in re.findall(r'<select name="(\w+)">', page):
        fields[name] = re.findall(rf'<select name="{name}">\s*<option value="([^"]*)"', page)[0]
    before = machine.switches.now()
    assert console.post("/local/switches", **fields)[0] == 303
    assert machine.switches.now() == before

    fields |= {"cognito_ms": "300", "kms_fail": "throttle", "dns_fail": "true"}
    fields |= {"triggers": "false", "ses_per_second": "14"}
    console.post("/local/switches", **fields)
    now = machine.switches.now()
    assert (now.cognito_ms, now.kms_fail, now.dns_fail) == (300, "throttle", True)
    assert (now.triggers, now.ses_per_second) == (False, 14)
    page = console.get("/local/switches")[1]
    assert 'name="cognito_ms" inputmode="numeric" autocomplete="off" value="300"' in page
    assert page.count(" selected>") == 3
    assert unusual(console) == [
        "cognito: 300 ms slower",
        "kms: throttle",
        "no MX look-up is answered",
        "Cognito's code events are lost",
        "SES: 14 a second",
    ]


def test_a_form_undoes_nothing_that_was_set_elsewhere_since(
    machine: LocalServer, console: Console
) -> None:
    page = console.get("/local/switches")[1]
    fields = dict(re.findall(r'<input type="hidden" name="([\w:]+)" value="([^"]*)"', page))
    assert {name.removeprefix("shown:") for name in fields} == set(usual_switches())
    shown = {name.removeprefix("shown:"): value for name, value in fields.items()}
    machine.switches.set(cognito_ms=7, triggers=False)
    assert console.post("/local/switches", **fields, **(shown | {"ses_ms": "5"}))[0] == 303
    now = machine.switches.now()
    assert (now.cognito_ms, now.triggers, now.ses_ms) == (7, False, 5)


def test_what_was_refused_is_there_to_be_mended(machine: LocalServer, console: Console) -> None:
    page = console.post("/local/clock", clock_offset_s="an hour")[1]
    assert re.search(r'name="clock_offset_s"[^>]* value="an hour"', page)
    page = console.post("/local/switches", ses_ms="soon", dns_fail="true")[1]
    assert re.search(r'name="ses_ms"[^>]* value="soon"', page)
    assert '<option value="true" selected>are not answered' in page
    assert '<fieldset id="of-ses">' in page, "nothing puts another value there"


def test_a_minus_is_one_however_it_is_typed(machine: LocalServer, console: Console) -> None:
    for typed in ("-60", "−60", "－６０"):
        assert console.post("/local/clock", clock_offset_s=typed)[0] == 303
        assert machine.clock.offset == -60
        console.post("/local/clock", clock_offset_s="0")


def test_a_reset_of_the_switches_leaves_the_clock(machine: LocalServer, console: Console) -> None:
    machine.switches.set(ses_ms=5, dns_fail=True, clock_offset_s=120)
    assert console.post("/local/switches/reset")[0] == 303
    assert unusual(console) == ["the clock is 2 min ahead"]


def test_the_clock_goes_forward_by_buttons_and_back(machine: LocalServer, console: Console) -> None:
    for _ in range(2):
        status, _ = console.post("/local/clock", forward_s="3600")
        assert (status, console.location) == (303, "/local/switches#clock")
    assert machine.clock.offset == 7200
    assert "2 h ahead of this machine’s" in console.get("/local/switches")[1]
    console.post("/local/clock", clock_offset_s="-90.5")
    assert machine.clock.offset == -90.5
    assert unusual(console) == ["the clock is 1 min 30.5 s behind"]
    console.post("/local/clock", clock_offset_s="0")
    assert machine.clock.offset == 0
    assert "as this machine’s" in console.get("/local/switches")[1]


@pytest.mark.parametrize(
    ("path", "fields", "named"),
    [
        ("/local/providers", {"provider": "au", "behaviour": "sulk"}, "sulk"),
        ("/local/providers", {"provider": "", "behaviour": "junk"}, "provider"),
        ("/local/providers", {"provider": "au", "seconds": "soon"}, "seconds"),
        ("/local/switches", {"ses_ms": "-1"}, "ses_ms"),
        ("/local/switches", {"ses_ms": "soon"}, "ses_ms"),
        ("/local/switches", {"colour": ""}, "colour"),
        ("/local/clock", {"forward_s": "soon"}, "soon"),
        ("/local/clock", {"forward_s": "nan"}, "nan"),
        ("/local/clock", {"clock_offset_s": "1e300"}, "clock_offset_s"),
        ("/local/clock", {}, "seconds"),
        ("/local/providers", {"provider": "au", "behaviour": "junk", "route": "third"}, "third"),
    ],
)
def test_what_is_no_setting_is_told_on_the_page_and_nothing_changes(
    machine: LocalServer, console: Console, path: str, fields: dict[str, str], named: str
) -> None:
    before = machine.switches.now()
    status, page = console.post(path, **fields)

    assert status == 422
    told = page.partition('role="alert"')[2].partition("</div>")[0]
    assert named in told
    assert not re.search(r"`|\$\.|Expected|Object", told), "the library's words"
    assert "<title>Error: " in page
    assert machine.switches.now() == before
    assert machine.providers.rules() == []


def test_failed_invocations_are_pointed_at(machine: LocalServer, console: Console) -> None:
    machine.functions.failures.append(FailedInvocation("Work", {}, "KeyError: 'x'"))
    try:
        assert unusual(console) == ["1 invocation has failed"]
    finally:
        machine.functions.failures.clear()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(93784, "1 d 2 h 3 min 4 s ahead"), (-60, "1 min behind"), (0.25, "0.25 s ahead")],
)
def test_an_offset_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_a_page_needs_nothing_that_its_policy_forbids(console: Console) -> None:
    page = console.get("/local/")[1]
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    for address in re.findall(r'(?:src|href)="(/local/assets/[^"]+)"', page):
        status, body = console.get(address)
        assert status == 200
        assert body
    assert console.get("/local/assets/../control_api.py")[0] == 404
