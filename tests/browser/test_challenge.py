"""A busy network has to work: the page does it by itself, and says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from chalicelib.clock import japan_day
from chalicelib.limits import counters as holders
from chalicelib.limits.network import share_of_network
from chalicelib.limits.network_key import network_key
from local.server import LocalServer
from tests.browser.conftest import Visit


@pytest.fixture(scope="module")
def running() -> Iterator[LocalServer]:
    """A machine where this network has its share outstanding."""
    with LocalServer(transit=0.01, retry_after=0.2) as machine:
        services = machine.services
        network = network_key("127.0.0.1", services.config.pepper)
        share = share_of_network(services.config.mail_budget_per_day)
        services.adapters.counters.add(
            holders.network(network), japan_day(machine.clock()), asked=share
        )
        yield machine


def test_the_page_works_for_its_mail_and_says_so(visit: Visit) -> None:
    taro = visit("en")
    taro.page.add_init_script(
        "new MutationObserver((seen) => seen.forEach((s) => s.target.id === 'notice' &&"
        " (window.name += s.target.textContent + '|')))"
        ".observe(document, {subtree: true, childList: true})"
    )
    taro.asks()

    taro.code()
    assert taro.page.evaluate("window.name").startswith(
        "Sending…|Preparing to send. Please wait a few seconds…|"
    )
    expect(taro.page.locator("#mail-now")).not_to_contain_text("waiting for its turn")


def test_a_corrected_address_is_worked_for_too(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    taro.code()
    taro.opens("/register?change=1")
    taro.address = f"new.{taro.address}"

    taro.enters(taro.address)

    taro.is_at("/register/code")
    taro.code()


def test_a_third_mail_is_worked_for_too(visit: Visit) -> None:
    taro = visit("en")
    taro.asks()
    taro.code()
    for mails in (2, 3):
        taro.machine.put_forward(61)
        taro.opens("/register/code")
        taro.page.get_by_role("button", name="Resend the same code").click()
        taro.code(mails=mails)
    expect(taro.page.locator("#mail-now")).not_to_contain_text("waiting for its turn")
    expect(taro.page.locator("#problem")).to_have_count(0)


def test_without_scripts_the_mail_only_comes_later(visit: Visit) -> None:
    taro = visit("en", java_script_enabled=False)
    taro.asks()

    expect(taro.page.locator("#mail-now")).to_contain_text("waiting for its turn")
    assert taro.mails() == 0
    taro.machine.put_forward(61)
    taro.code()
