"""A real Chromium before the running machine, as a phone: 360 by 740."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import asdict
from playwright.sync_api import Browser, ViewportSize

from local.server import LocalServer
from local.switches import SwitchValues
from tests.browser.applicant import Applicant

PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def running() -> Iterator[LocalServer]:
    """The module's machine. Its clock only ever goes forward."""
    with LocalServer(transit=0.01, retry_after=0.2) as machine:
        yield machine


@pytest.fixture
def machine(running: LocalServer) -> Iterator[LocalServer]:
    """The module's machine, put in order afterwards."""
    yield running
    running.switches.set(
        **{n: v for n, v in asdict(SwitchValues()).items() if n != "clock_offset_s"}
    )
    running.providers.reset()


Visit = Callable[..., Applicant]


@pytest.fixture
def visit(browser: Browser, machine: LocalServer) -> Iterator[Visit]:
    """Makes applicants, each with a phone of their own: ``visit(locale="en")``.

    What a script could not do, or the policy forbade, fails the test.
    """
    opened: list[Applicant] = []

    def visit(locale: str = "ja", **context: Any) -> Applicant:
        settings = {"viewport": PHONE, "base_url": machine.url, "locale": "ja-JP"} | context
        phone = browser.new_context(**settings)
        phone.set_default_timeout(10_000)
        phone.add_cookies([{"name": "lang", "value": locale, "url": machine.url}])
        applicant = Applicant(phone.new_page(), machine, locale)
        opened.append(applicant)
        return applicant

    yield visit
    complaints = [complaint for applicant in opened for complaint in applicant.complaints]
    for applicant in opened:
        applicant.page.context.close()
    assert complaints == []
