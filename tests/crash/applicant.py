"""One browser on its way to an account."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from chalicelib.errors import AlreadyCompleted, CodeExpired, CodeMismatch, NoRegistration
from chalicelib.factory import Services
from chalicelib.identity.user_pool import AliasHolder
from chalicelib.limits.network import Visitor
from chalicelib.verification.model import AttemptState, Registration
from local.mailbox import Message
from tests.crash.process import Process

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def _address() -> str:
    return f"taro.{next(_numbers)}@school.example.ed.jp"


@dataclass
class Applicant:
    """Asks, reads its mail, types codes; goes on after whatever happens to the service."""

    process: Process
    email: str = field(default_factory=_address)
    client: str = field(default_factory=lambda: f"192.0.2.{next(_numbers) % 250}")
    token: str | None = None

    @property
    def visitor(self) -> Visitor:
        """It has no scripts."""
        return Visitor(self.client, can_solve=False)

    def press_again(self, services: Services) -> Registration:
        """One press of the button."""
        return services.verification.send_again(self.token, visitor=self.visitor)

    def ask(self) -> None:
        """Send the form with the address; the same form again when no answer came."""
        once = f"form-{self.email}-{self.client}"
        asked = self.process.request(
            lambda services: services.registration.start(
                self.email,
                locale="en",
                as_typed=True,
                token=self.token,
                idempotency_key=once,
                visitor=self.visitor,
            )
        )
        self.token = asked.token

    def asked(self, mails: int = 1) -> Registration:
        """Ask, and wait for the mail."""
        self.ask()
        self.wait_for_mail(mails)
        return self.registration

    def send_again(self) -> None:
        """Press the button; again only when the page knows nothing of it."""
        before = self.registration.attempt.mails
        while self.registration.attempt.mails == before:
            if not self.process.once(self.press_again):
                self.process.minute()

    def correct(self, email: str) -> None:
        """Another address; the same form again when no answer came."""
        once = f"form-{email}-{next(_numbers)}"
        corrected = self.process.request(
            lambda services: services.registration.correct(
                self.token,
                email,
                as_typed=True,
                visitor=self.visitor,
                idempotency_key=once,
            )
        )
        self.token, self.email = corrected.token, email

    def cancel(self) -> None:
        """Change one's mind; nothing to cancel any more is just as well."""
        with suppress(NoRegistration):
            self.process.request(lambda services: services.registration.cancel(self.token))

    def wait_for_mail(self, mails: int) -> None:
        """Until so many have come, and nothing is on its way any more."""
        self.process.until(lambda: len(self.mails) >= mails)

    @property
    def registration(self) -> Registration:
        """As this browser sees it."""
        found = self.process.services.verification.lookup.registration(self.token)
        assert isinstance(found, Registration)
        return found

    @property
    def mails(self) -> list[Message]:
        """Oldest first."""
        return self.process.cloud.mailbox.to(self.email)[::-1]

    @property
    def codes(self) -> list[str]:
        """The different codes that were mailed, oldest first."""
        return list(dict.fromkeys(m.code for m in self.mails if m.code))

    @property
    def own_codes(self) -> list[str]:
        """Those of this registration's attempt alone: others may have asked for the address."""
        label = self.registration.attempt.label
        return list(dict.fromkeys(m.code for m in self.mails if m.code and label in m.subject))

    def enter(self, code: str) -> Registration:
        """Type a code; the same again when no answer came."""
        verified = self.process.request(
            lambda services: services.verification.verify(self.token, code)
        )
        self.token = verified.token
        return verified.registration

    def dies(self, code: str) -> None:
        """This code is refused."""
        with pytest.raises((CodeMismatch, CodeExpired)):
            self.enter(code)

    def prove(self) -> None:
        """Of all codes that were mailed, the newest works and no other does."""
        *dead, newest = self.codes
        for code in dead:
            self.dies(code)
        assert self.enter(newest).attempt.state is AttemptState.VERIFIED

    def complete(self) -> str:
        """Set the password; whose session that begins.

        When only the answer was lost, the account is there, and the password signs in.
        """
        try:
            done = self.process.request(
                lambda services: services.registration.complete(self.token, PASSWORD)
            )
        except AlreadyCompleted:
            assert self.registration.attempt.state is AttemptState.COMPLETED
            return self.sign_in(self.registration.current)
        assert done.registration.attempt.state is AttemptState.COMPLETED
        return self.process.cloud.holder(done.tokens.access)

    def sign_in(self, name: str | None = None) -> str:
        """With the password, and the address or another name; whose session that begins."""
        tokens = self.process.services.adapters.users.sign_in(name or self.email, PASSWORD)
        return self.process.cloud.holder(tokens.access)

    def finish(self) -> None:
        """From the mails to an account that can be signed in to, and is the only one."""
        reference = self.registration.current
        self.prove()
        assert self.complete() == reference
        assert self.sign_in() == self.sign_in(reference) == reference
        assert self.process.cloud.users(self.email) == [reference]
        self.comes_to_be_known(reference)

    def comes_to_be_known(self, reference: str) -> None:
        """The pool itself knows, sooner or later, who finished."""

        def known() -> bool:
            users = self.process.services.adapters.users
            return users.holder(self.email) == AliasHolder(reference, finished=True)

        self.process.until(known)
