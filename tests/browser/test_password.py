"""The page's rules tick while a password is typed; a hint stands beside them and never blocks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.applicant import PASSWORD, Applicant
from tests.browser.conftest import Visit

SPOKEN = """() => { window.spoken = [];
  new MutationObserver(() => window.spoken.push(document.getElementById("strength").textContent))
    .observe(document.getElementById("strength"), {childList: true, characterData: true}) }"""


def signs(applicant: Applicant) -> str:
    """What stands before each rule: ○ not yet, ✓ kept, – the server will say, ✗ refused."""
    return "".join(
        item.evaluate("e => getComputedStyle(e).listStyleType").strip('"\\ ')
        for item in applicant.page.locator("#password-hint li").all()
    )


@pytest.fixture
def taro(visit: Visit) -> Applicant:
    taro = visit("en")
    taro.page.clock.install()
    taro.verifies()
    return taro


@pytest.mark.parametrize(
    ("typed", "shown", "hint"),
    [
        ("", "○○–", ""),
        ("kirin-9", "○✓–", "Easy to guess"),
        ("ADDRESS", "✓○–", "Easy to guess"),
        ("high school 27", "✓○–", "Easy to guess"),
        ("my high mountain river", "✓✓–", "Good length"),
        ("password739", "✓✓✗", "Easy to guess"),
        ("ｐａｓｓｗｏｒｄ739", "✓✓✗", "Easy to guess"),
        ("sakurasakura", "✓✓✗", "Easy to guess"),
        ("sakura20110403", "✓✓✗", "Easy to guess"),
        ("abcdefghijk", "✓✓✗", "Easy to guess"),
        ("09876543210", "✓✓✗", "Easy to guess"),
        ("xy7xy7xy7xy7", "✓✓✗", "Easy to guess"),
        ("kirin-72-umi", "✓✓–", "Longer is better."),
        (PASSWORD, "✓✓–", "Good length"),
        ("きりんが七頭うみでおよぐよ", "✓✓–", "Longer is better."),
        # Not in the page's few words. It says nothing that is not so.
        ("manchester", "✓✓–", "Longer is better."),
    ],
)
def test_each_rule_has_a_sign_that_is_right(
    taro: Applicant, typed: str, shown: str, hint: str
) -> None:
    taro.field.fill(typed.replace("ADDRESS", taro.address.partition("@")[0] + " 12 kirin"))
    taro.page.clock.run_for(1_000)

    assert signs(taro) == shown
    expect(taro.page.locator("#strength")).to_have_text(hint)


def test_a_reader_hears_once_what_became_of_it(taro: Applicant) -> None:
    taro.page.evaluate(SPOKEN)
    for length in range(1, len(PASSWORD) + 1):
        taro.field.fill(PASSWORD[:length])
        taro.page.clock.run_for(100)
    taro.page.clock.run_for(2_000)

    spoken: Any = taro.page.evaluate("window.spoken")
    assert spoken == ["Good length"]
    expect(taro.page.locator("#strength")).to_have_attribute("role", "status")


def test_a_hint_blocks_nothing(taro: Applicant) -> None:
    """The server knows better, both ways: its own answer counts."""
    taro.enters("manchester")
    expect(taro.sees_problem()).to_contain_text("easy to guess")
    assert signs(taro) == "○○–"

    taro.enters("abcdefghi zebra lake")
    taro.is_at("/register/done")


def test_without_scripts_the_rules_are_a_list(visit: Visit) -> None:
    taro = visit("en", java_script_enabled=False)
    taro.verifies()

    assert signs(taro) == "○○–"
    expect(taro.page.locator("#password-hint li")).to_have_text(
        [re.compile("characters"), re.compile("Not your"), re.compile("Not a word")]
    )


def test_the_number_can_be_copied_and_printed(visit: Visit) -> None:
    taro = visit("en", permissions=["clipboard-read", "clipboard-write"])
    taro.page.add_init_script("window.print = () => { window.printed = true }")
    taro.registers()

    taro.page.get_by_role("button", name="Copy the number").click()
    expect(taro.page.locator("#notice")).to_have_text("Copied.")
    number = taro.page.locator(".number").inner_text()
    assert taro.page.evaluate("navigator.clipboard.readText()") == number
    taro.page.get_by_role("button", name="Print this page").click()
    assert taro.page.evaluate("window.printed") is True

    taro.page.emulate_media(media="print")
    for shown in (".number", "h1"):
        expect(taro.page.locator(shown)).to_be_visible()
    for hidden in ("nav", "form", ".notice", "[data-copy]"):
        expect(taro.page.locator(hidden)).to_be_hidden()


def test_without_scripts_no_button_promises_what_it_cannot(visit: Visit) -> None:
    taro = visit("en", java_script_enabled=False)
    taro.registers()

    expect(taro.page.locator(".number")).to_be_visible()
    expect(taro.page.get_by_role("button")).to_have_count(1)
