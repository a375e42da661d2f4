"""The registration room with small real things around it: memory for tables, a user pool that
behaves as Cognito does, a queue that runs when told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.errors import (
    OutcomeUnknown,
    TryLater,
)
from chalicelib.jobs import Job, JobKind, MailAgain
from chalicelib.limits.challenge import Challenges
from chalicelib.limits.network import NetworkLimit, Visitor
from chalicelib.registration.cancel import CancelRegistration
from chalicelib.registration.complete import CompleteRegistration
from chalicelib.registration.correct import CorrectAddress
from chalicelib.registration.start import StartRegistration
from chalicelib.registration.view import View, ViewRegistration
from chalicelib.trail.view import Delivery
from chalicelib.verification.job_handler import JobHandler
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.proof import Proofs
from chalicelib.verification.recipients import RegistrationRecipients
from chalicelib.verification.remove_user import RemoveUser
from chalicelib.verification.send_again import RequestSendAgain
from chalicelib.verification.sign_up import CodeIssuer
from chalicelib.verification.sweep import Sweeper
from chalicelib.verification.verify import VerifyCode
from tests.in_memory.tables import Boxes, CountersInMemory, OwnersInMemory, Table
from tests.in_memory.user_pool import Pool

PEPPER = b"pepper for tests, thirty-two byt"
# Far ahead: the proof of work's library also compares its expiry with the wall clock.
START = datetime(2126, 1, 24, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Queue:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.waiting: list[tuple[datetime, Job]] = []
        self.again: list[MailAgain] = []
        self.down = False

    def put(self, job: Job, at: datetime | None = None) -> None:
        if self.down:
            raise TryLater()
        self.waiting.append((at or self.clock(), job))

    def send_again(self, mail: MailAgain) -> None:
        self.again.append(mail)


@dataclass
class World:
    now: datetime = START
    table: Table = field(default_factory=Table)
    owners: OwnersInMemory = field(default_factory=OwnersInMemory)
    counters: CountersInMemory = field(default_factory=CountersInMemory)
    budget: int = 1000
    mails: list[tuple[str, str]] = field(default_factory=list)
    """Reference and code of each mail, ``account`` for the text without a code."""

    def __post_init__(self) -> None:
        self.pool = Pool(self.clock)
        self.queue = Queue(self.clock)
        boxes, lookup = Boxes(self.table), Lookup(registrations=self.table)
        common: dict[str, Any] = {
            "registrations": self.table,
            "jobs": self.queue,
            "lookup": lookup,
            "clock": self.clock,
        }
        self.challenges = Challenges(
            secret=PEPPER, counters=self.counters, clock=self.clock, cost=1
        )
        network_limit = NetworkLimit(
            counters=self.counters, challenges=self.challenges, pepper=PEPPER
        )
        self.correct_address = CorrectAddress(
            mailboxes=boxes, network_limit=network_limit, pepper=PEPPER, **common
        )
        self.start = StartRegistration(
            mailboxes=boxes,
            owners=self.owners,
            network_limit=network_limit,
            correct=self.correct_address,
            pepper=PEPPER,
            **common,
        )
        self.resend = RequestSendAgain(mailboxes=boxes, **common)
        self.cancel = CancelRegistration(mailboxes=boxes, **common)
        proofs = Proofs(registrations=self.table, owners=self.owners, clock=self.clock)
        self.verify = VerifyCode(
            proofs=proofs, owners=self.owners, counters=self.counters, users=self.pool, **common
        )
        self.complete = CompleteRegistration(
            registrations=self.table,
            owners=self.owners,
            users=self.pool,
            lookup=lookup,
            clock=self.clock,
            service_names=("High School Application",),
            shortest_password=8,
        )
        self.lookup = lookup
        issue = CodeIssuer(
            registrations=self.table,
            proofs=proofs,
            counters=self.counters,
            users=self.pool,
            jobs=self.queue,
            clock=self.clock,
            provider_of=lambda domain: domain,
            mail_budget=self.budget,
        )
        remove = RemoveUser(
            registrations=self.table, owners=self.owners, users=self.pool, clock=self.clock
        )
        self.work = JobHandler(issue=issue, remove=remove, jobs=self.queue, clock=self.clock)
        self.sweep = Sweeper(registrations=self.table, jobs=self.queue, clock=self.clock)
        self.recipients = RegistrationRecipients(registrations=self.table, owners=self.owners)
        nothing = Delivery("waiting", (), None, ())
        self.viewer = ViewRegistration(
            delivery_of=lambda _reference, _now: nothing, clock=self.clock
        )

    def clock(self) -> datetime:
        return self.now

    def ask(self, email: str = "taro@example.ed.jp", token: str | None = None, **more: Any) -> str:
        """Ask as a browser does; returns its token."""
        visitor = {
            field: more.pop(field) for field in ("client", "solution", "can_solve") if field in more
        }
        options: dict[str, Any] = {"locale": "ja", "as_typed": False, "idempotency_key": None}
        who = Visitor(**{"client": "192.0.2.1", **visitor})
        return self.start(email, token=token, visitor=who, **(options | more)).token

    def correct(self, token: str, email: str, client: str = "192.0.2.1") -> None:
        """Another address, as a browser asks for it."""
        self.correct_address(token, email, as_typed=False, visitor=Visitor(client))

    def run(self) -> None:
        """Everything on the queue whose time has come, and the mails it leads to."""
        while ready := [entry for entry in self.queue.waiting if entry[0] <= self.now]:
            for entry in ready:
                self.queue.waiting.remove(entry)
                try:
                    self.work(entry[1])
                except (TryLater, OutcomeUnknown):
                    self.queue.put(entry[1], self.now + timedelta(seconds=30))
            self.deliver()

    def deliver(self) -> None:
        """What ``send_code`` and ``send_again`` do, less the mail."""
        while self.pool.events:
            reference, reissued, code = self.pool.events.pop(0)
            to = self.recipients.addressed(reference)
            if to is None or not to.live:
                continue
            expires = (to.asked_at or self.now) + DAY
            if self.recipients.code_issued(reference, self.now, expires, reissue=reissued):
                self.mails.append((reference, "account" if to.has_account else code))
        while self.queue.again:
            reference = self.queue.again.pop(0).reference
            to = self.recipients.addressed(reference)
            codes = [c for r, c in self.mails if r == reference]
            if to is None or not to.live:
                continue
            if codes:
                self.mails.append((reference, codes[-1]))
            elif to.asked_at is None or self.now >= to.asked_at + timedelta(minutes=5):
                self.queue.put(Job(JobKind.REISSUE_LOST, reference))

    def wait(self, **delta: float) -> None:
        """Let time pass, with everything that happens in it minute by minute."""
        until = self.now + timedelta(**delta)
        while self.now < until:
            self.now = min(self.now + timedelta(minutes=1), until)
            self.run()

    def view(self, token: str) -> View:
        return self.viewer(self.lookup.registration(token))

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
