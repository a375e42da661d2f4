"""The real services on tables in memory: a user pool that behaves as Cognito does, a queue that
runs when told to, an outbox."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from chalicelib import triggers
from chalicelib.clock import japan_day
from chalicelib.errors import OutcomeUnknown, TryLater
from chalicelib.jobs import Job
from chalicelib.limits.challenge import Challenges
from chalicelib.limits.counters import MAILS
from chalicelib.limits.network import Visitor
from chalicelib.registration.complete import CompletedRegistration
from chalicelib.registration.view import View
from chalicelib.verification.model import Registration, Seen
from tests.in_memory.adapters import CONFIG, PEPPER, START, services_in_memory
from tests.in_memory.courier import POOL, MailDomains, sealed, trigger

__all__ = ["PEPPER", "START", "World"]

_CODE = re.compile(r"^\d{6}(?:\d{4})?$", re.MULTILINE)
_SOURCES = {False: "CustomEmailSender_SignUp", True: "CustomEmailSender_ResendCode"}


class BrowsersLookup:
    """Registrations by the token that a browser was given first."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lookup = world.services.verification.lookup

    def seen(self, token: str) -> Seen | None:
        return self._lookup.seen(self._world.cookie(token))

    def registration(self, token: str) -> Registration:
        return self._lookup.registration(self._world.cookie(token))


class World:
    """The service, its applicants, and time."""

    def __init__(self, mail_budget: int = CONFIG.mail_budget_per_day) -> None:
        self.now, self.dns = START, MailDomains()
        self.numbers = count(1)
        """For addresses that nobody else has."""
        self.config = replace(
            CONFIG,
            service_name={"en": "High School Application"},
            mail_budget_per_day=mail_budget,
        )
        self.services, self.adapters = services_in_memory(self.clock, self.config, self.dns)
        self.table, self.owners = self.adapters.registrations, self.adapters.owners
        self.counters, self.pool = self.adapters.counters, self.adapters.users
        self.queue, self.budget = self.adapters.jobs, self.config.mail_budget_per_day
        self.services.limits.challenge = Challenges(
            pepper=PEPPER, counters=self.counters, clock=self.clock, cost=1
        )
        registration = self.services.registration
        self.challenges = self.services.limits.challenge
        self.start = registration.start
        self.cookies: dict[str, str] = {}
        """Which token a browser's cookie holds now, by the token that it was given first."""
        self.clients: dict[str, str] = {}
        """Where a browser asked first, by the same."""
        self.lookup = BrowsersLookup(self)

    def clock(self) -> datetime:
        return self.now

    def work(self, job: Job) -> None:
        """Do a job, as the queue brings it."""
        triggers.do_job(self.services, job)

    def sweep(self) -> int:
        """The minute's round."""
        return self.services.verification.sweep(self.now + timedelta(seconds=35))

    @property
    def placed(self) -> int:
        """Places taken of today's budget."""
        return self.counters.read(MAILS, japan_day(self.now)).placed

    @property
    def mails(self) -> list[tuple[str, str]]:
        """Reference and code of each mail, ``account`` for the text without a code."""
        return [
            (mail.tags["reference"], found[0] if (found := _CODE.search(mail.text)) else "account")
            for mail in self.adapters.mailer.mails
        ]

    def cookie(self, token: str) -> str:
        """What the browser that was given ``token`` at first has in its cookie now."""
        return self.cookies.get(token, token)

    def ask(self, email: str = "taro@example.ed.jp", token: str | None = None, **more: Any) -> str:
        """Ask as a browser does; returns the token that names it here."""
        visitor = {
            field: more.pop(field) for field in ("client", "solution", "can_solve") if field in more
        }
        options: dict[str, Any] = {"locale": "ja", "as_typed": False, "idempotency_key": None}
        who = Visitor(**{"client": "192.0.2.1", **visitor})
        cookie = self.cookie(token) if token else None
        started = self.start(email, token=cookie, visitor=who, **(options | more))
        self.clients.setdefault(token or started.token, who.client)
        if token and started.registration.id == token.partition(".")[0]:
            self.cookies[token] = started.token
            return token
        return started.token

    def correct(
        self, token: str, email: str, client: str = "192.0.2.1", key: str | None = None
    ) -> None:
        """Another address, as a browser asks for it."""
        corrected = self.services.registration.correct(
            self.cookie(token),
            email,
            as_typed=False,
            visitor=Visitor(client),
            idempotency_key=key,
        )
        self.cookies[token], self.clients[token] = corrected.token, client

    def verify(self, token: str, code: str) -> Registration:
        verified = self.services.verification.verify(self.cookie(token), code)
        self.cookies[token] = verified.token
        return verified.registration

    def send_again(self, token: str, *, locale: str | None = None, **visitor: Any) -> Registration:
        who = Visitor(**{"client": self.clients[token], **visitor})
        return self.services.verification.send_again(self.cookie(token), visitor=who, locale=locale)

    def complete(self, token: str, password: str) -> CompletedRegistration:
        return self.services.registration.complete(self.cookie(token), password)

    def cancel(self, token: str) -> None:
        self.services.registration.cancel(self.cookie(token))

    def run(self) -> None:
        """Everything on the queue whose time has come, and the mails it leads to."""
        while ready := [entry for entry in self.queue.waiting if entry[0] <= self.now]:
            for entry in sorted(ready, key=lambda entry: entry[0]):
                self.queue.waiting.remove(entry)
                try:
                    self.work(entry[1])
                except (TryLater, OutcomeUnknown):
                    self.queue.put(entry[1], self.now + timedelta(seconds=30))
            self.deliver()

    def deliver(self) -> None:
        """What Cognito's trigger and the queue of mails to send again bring about."""
        while self.pool.events:
            reference, reissued, code = self.pool.events.pop(0)
            event = trigger(sealed(code, POOL), _SOURCES[reissued], reference.lower())
            self.services.verification.send_code(event)
        while self.queue.again:
            self.services.verification.send_kept_code(self.queue.again.pop(0))

    def wait(self, **delta: float) -> None:
        """Let time pass, with everything that happens in it minute by minute."""
        until = self.now + timedelta(**delta)
        while self.now < until:
            self.now = min(self.now + timedelta(minutes=1), until)
            self.run()

    def view(self, token: str) -> View:
        return self.services.registration.view(self.lookup.registration(token))

    def code(self, token: str) -> str:
        """The newest code mailed for the page of this token."""
        reference = self.lookup.registration(token).current
        return [code for r, code in self.mails if r == reference][-1]

    def registered(self, email: str = "taro@example.ed.jp", **more: Any) -> str:
        """All the way to an account."""
        token = self.ask(email, **more)
        self.run()
        self.verify(token, self.code(token))
        self.complete(token, "correct horse")
        return token
