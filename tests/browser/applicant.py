"""Somebody who registers: what they type and press, and what they see."""

from __future__ import annotations

import itertools
import re

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from local.server import LocalServer

_numbers = itertools.count(1)
PASSWORD = "wa-ta-shi no neko"

NO_COMPLAINT = re.compile(
    # What a browser notes about answers that a test asked for.
    r"Failed to load resource: (the server responded with a status of (404|409|413|422|429|502|503)"
    r"|net::ERR_(INTERNET_DISCONNECTED|FAILED|ABORTED))"
)


class Applicant:
    """One browser with nothing in it but a language."""

    def __init__(self, page: Page, machine: LocalServer, locale: str) -> None:
        self.page = page
        self.machine = machine
        self.locale = locale
        self.address = f"taro{next(_numbers)}@gmail.com"
        self.complaints: list[str] = []
        self._watch(page)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not NO_COMPLAINT.match(message.text):
            self.complaints.append(message.text)

    def tab(self) -> Page:
        """Another tab of the same browser."""
        page = self.page.context.new_page()
        self._watch(page)
        return page

    @property
    def field(self) -> Locator:
        """What is typed into on this page."""
        return self.page.locator("#email, #code, #password")

    @property
    def go(self) -> Locator:
        """The button under the field."""
        return self.page.locator("form:has(#email, #code, #password) button:not([type=button])")

    def opens(self, path: str = "/register") -> None:
        self.page.goto(path)

    def enters(self, text: str) -> None:
        """Type and press."""
        self.field.fill(text)
        self.go.click()

    def is_at(self, path: str) -> None:
        """Wait until the page at ``path`` is there."""
        self.page.wait_for_url(lambda url: re.split("[?#]", url)[0] == self.machine.url + path)

    def asks(self, address: str | None = None) -> None:
        """Come as far as the page of the code."""
        self.address = address or self.address
        self.opens()
        self.enters(self.address)
        self.is_at("/register/code")

    def code(self, mails: int = 1) -> str:
        """The code from the newest of so many mails."""
        code = self.machine.wait_for_mail(self.address, mails)[0].code
        assert code is not None
        return code

    def verifies(self) -> None:
        """Come as far as the page of the password."""
        self.asks()
        self.enters(self.code())
        self.is_at("/register/password")

    def registers(self) -> None:
        """The whole way."""
        self.verifies()
        self.enters(PASSWORD)
        self.is_at("/register/done")

    def comes_too_late(self, other: Applicant) -> None:
        """Enter a right code for an address that another browser has registered meanwhile."""
        other.verifies()
        other.machine.put_forward(61)
        self.asks(other.address)
        code = self.code(mails=2)
        other.enters(PASSWORD)
        other.is_at("/register/done")
        self.enters(code)

    def mails(self) -> int:
        """How many mails came to this address."""
        return len(self.machine.mailbox.to(self.address))

    def sees_problem(self) -> Locator:
        """The problem, which has the focus."""
        problem = self.page.locator("#problem")
        expect(problem).to_be_focused()
        return problem
