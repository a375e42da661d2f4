"""The registration room with small real things around it: memory for tables, a user pool that
behaves as Cognito does, a queue that runs when told to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.errors import (
    AccountExists,
    CodeExpired,
    CodeMismatch,
    OutcomeUnknown,
    Raced,
    TryLater,
)
from chalicelib.registration.ask import Ask
from chalicelib.registration.attempts import due
from chalicelib.registration.cancel import Cancel
from chalicelib.registration.challenge import Challenges
from chalicelib.registration.complete import Complete
from chalicelib.registration.gate import Gate
from chalicelib.registration.interfaces import (
    AddressRefused,
    AlreadyConfirmed,
    Job,
    NetworkDay,
    Seen,
    SeenMailbox,
    SessionTokens,
    UserExists,
    UserState,
)
from chalicelib.registration.issue import Issue
from chalicelib.registration.limits import Mailbox
from chalicelib.registration.lookup import Lookup
from chalicelib.registration.model import Owner, Registration
from chalicelib.registration.proof import Proofs
from chalicelib.registration.recipients import RegistrationRecipients
from chalicelib.registration.remove import Remove
from chalicelib.registration.resend import Resend
from chalicelib.registration.seeing import Viewer
from chalicelib.registration.sweep import Sweep
from chalicelib.registration.verify import Verify
from chalicelib.registration.view import View
from chalicelib.registration.work import Work
from chalicelib.trail.view import Delivery

PEPPER = b"pepper for tests, thirty-two byt"
# Far ahead: the proof of work's library also compares its expiry with the wall clock.
START = datetime(2126, 1, 24, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Table:
    """Registrations, mailboxes and owners, each with a version."""

    def __init__(self) -> None:
        self.registrations: dict[str, tuple[int, Registration]] = {}
        self.pointers: dict[str, str] = {}
        self.boxes: dict[str, tuple[int, Mailbox]] = {}
        self.races: list[Callable[[], object]] = []
        """Run before the next ``save``: somebody who is faster."""

    def get(self, id: str) -> Seen | None:
        found = self.registrations.get(id)
        return Seen(found[1], found[0]) if found else None

    def find(self, reference: str) -> Seen | None:
        return self.get(self.pointers.get(reference, ""))

    def save(self, registration: Registration, seen: Seen | None, *boxes: SeenMailbox) -> None:
        if self.races:
            self.races.pop()()
        now = self.registrations.get(registration.id)
        if (now[0] if now else None) != (seen.version if seen else None):
            raise Raced()
        for box in boxes:
            known = self.boxes.get(box.key)
            if (known[0] if known else None) != box.version:
                raise Raced()
        for box in boxes:
            self.boxes[box.key] = ((box.version or 0) + 1, box.mailbox)
        self.registrations[registration.id] = ((now[0] if now else 0) + 1, registration)
        for reference in registration.attempts:
            self.pointers[reference] = registration.id

    def change(
        self, reference: str, decide: Callable[[Registration], Registration]
    ) -> Registration | None:
        seen = self.find(reference)
        if seen is None:
            return None
        after = decide(seen.registration)
        if after is not seen.registration:
            self.registrations[after.id] = (seen.version + 1, after)
        return after

    def forget(self, registration: Registration) -> None:
        self.registrations.pop(registration.id, None)
        for reference in registration.attempts:
            self.pointers.pop(reference, None)

    def due(self, now: datetime) -> list[str]:
        return [
            r.id for _, r in self.registrations.values() if (at := due(r)) is not None and at <= now
        ]


class Boxes:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, key: str) -> SeenMailbox:
        version, mailbox = self.table.boxes.get(key, (None, Mailbox()))
        return SeenMailbox(key, mailbox, version)


class OwnersInMemory:
    def __init__(self) -> None:
        self.owners: dict[str, Owner] = {}

    def get(self, address: str) -> Owner | None:
        return self.owners.get(address)

    def change(self, address: str, decide: Callable[[Owner | None], Owner | None]) -> None:
        after = decide(self.owners.get(address))
        if after is not None:
            self.owners[address] = after

    def forget(self, address: str, reference: str) -> None:
        owner = self.owners.get(address)
        if owner and owner.reference == reference and not owner.finished:
            del self.owners[address]


class CountersInMemory:
    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.mails = 0
        self.bounced: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.codes: Counter[tuple[str, str]] = Counter()
        self.used: set[str] = set()
        self.turns: dict[str, datetime] = {}

    def network_asked(self, network: str, now: datetime) -> NetworkDay:
        self.asked[network] += 1
        return NetworkDay(self.asked[network], self.sent[network], self.bounced[network])

    def network_turn(self, network: str, now: datetime) -> datetime | None:
        free = self.turns.get(network, now)
        if free > now:
            return free
        self.turns[network] = now + timedelta(minutes=1)
        return None

    def once(self, what: str, until: datetime) -> bool:
        if what in self.used:
            return False
        self.used.add(what)
        return True

    def code_tried(self, address: str, now: datetime, most: int) -> bool:
        if self.codes[address, f"{now:%F}"] >= most:
            return False
        self.codes[address, f"{now:%F}"] += 1
        return True

    def mail_taken(self, now: datetime, most: int) -> bool:
        self.mails += 1
        return self.mails <= most


@dataclass
class User:
    email: str
    code: str
    issued_at: datetime
    confirmed: bool = False
    verified: bool = False
    password: str | None = None


class Pool:
    """A user pool as Cognito's is, where this room can tell."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.calls: list[str] = []
        self.drawn = 100_000
        self.lose_answers = 0
        self.dies_after = ""
        self.busy = 0
        self.refuse = False
        self.events: list[tuple[str, bool, str]] = []
        """Codes issued: reference, whether reissued, code."""

    def _code(self) -> str:
        self.drawn += 1
        return str(self.drawn)

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.busy:
            self.busy -= 1
            raise TryLater(7)
        if call == self.dies_after:
            self.dies_after = ""
            raise KeyboardInterrupt
        if self.lose_answers:
            self.lose_answers -= 1
            raise OutcomeUnknown()

    def sign_up(self, reference: str, email: str) -> None:
        if self.refuse:
            raise AddressRefused()
        if reference in self.users:
            self.calls.append("sign_up")
            raise UserExists()
        user = User(email, self._code(), self.clock())
        self.users[reference] = user
        self.events.append((reference, False, user.code))
        self._answer("sign_up")

    def state(self, reference: str) -> UserState:
        user = self.users.get(reference)
        if user is None:
            return UserState.NONE
        if not user.confirmed:
            return UserState.UNCONFIRMED
        return UserState.PROVEN if user.verified else UserState.DISPLACED

    def confirm(self, reference: str, code: str, *, take_over: bool) -> None:
        user = self.users.get(reference)
        if user is None:
            self._answer("confirm")
            raise CodeMismatch(0)
        if user.confirmed:
            self._answer("confirm")
            raise AlreadyConfirmed()
        if self.clock() >= user.issued_at + DAY:
            self._answer("confirm")
            raise CodeExpired()
        if code != user.code:
            self._answer("confirm")
            raise CodeMismatch(0)
        holder = next(
            (u for u in self.users.values() if u.verified and u.email == user.email), None
        )
        if holder is not None and not take_over:
            self._answer("confirm")
            raise AccountExists()
        if holder is not None:
            holder.verified = False
        user.confirmed = user.verified = True
        self._answer("confirm forced" if take_over else "confirm")

    def reissue(self, reference: str) -> None:
        user = self.users[reference]
        if user.confirmed:
            raise AlreadyConfirmed()
        user.code, user.issued_at = self._code(), self.clock()
        self.events.append((reference, True, user.code))
        self._answer("reissue")

    def set_password(self, reference: str, password: str) -> None:
        self.users[reference].password = password
        self._answer("set_password")

    def sign_in(self, reference: str, password: str) -> SessionTokens:
        self._answer("sign_in")
        if self.users[reference].password != password:
            raise TryLater()
        return SessionTokens("access", "refresh", 900)

    def remove(self, reference: str) -> None:
        self.users.pop(reference, None)
        self._answer("remove")


class Queue:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.waiting: list[tuple[datetime, Job]] = []
        self.again: list[tuple[str, int]] = []

    def put(self, job: Job, at: datetime | None = None) -> None:
        self.waiting.append((at or self.clock(), job))

    def send_again(self, reference: str, n: int) -> None:
        self.again.append((reference, n))


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
        gate = Gate(counters=self.counters, challenges=self.challenges)
        self.ask_for = Ask(mailboxes=boxes, gate=gate, pepper=PEPPER, **common)
        self.resend = Resend(mailboxes=boxes, **common)
        self.cancel = Cancel(mailboxes=boxes, **common)
        proofs = Proofs(registrations=self.table, owners=self.owners, clock=self.clock)
        self.verify = Verify(
            proofs=proofs, owners=self.owners, counters=self.counters, users=self.pool, **common
        )
        self.complete = Complete(
            registrations=self.table,
            owners=self.owners,
            users=self.pool,
            lookup=lookup,
            clock=self.clock,
            service_names=("High School Application",),
        )
        self.lookup = lookup
        issue = Issue(
            registrations=self.table,
            proofs=proofs,
            counters=self.counters,
            users=self.pool,
            jobs=self.queue,
            clock=self.clock,
            provider_of=lambda domain: domain,
            mail_budget=self.budget,
        )
        remove = Remove(
            registrations=self.table, owners=self.owners, users=self.pool, clock=self.clock
        )
        self.work = Work(issue=issue, remove=remove, jobs=self.queue, clock=self.clock)
        self.sweep = Sweep(registrations=self.table, jobs=self.queue, clock=self.clock)
        self.recipients = RegistrationRecipients(registrations=self.table, owners=self.owners)
        nothing = Delivery("waiting", (), None, ())
        self.viewer = Viewer(delivery_of=lambda _: nothing, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    def ask(self, email: str = "taro@example.ed.jp", token: str | None = None, **more: Any) -> str:
        """Ask as a browser does; returns its token."""
        options: dict[str, Any] = {
            "locale": "ja",
            "as_typed": False,
            "once": None,
            "client": "192.0.2.1",
            "altcha": None,
            "patient": False,
        }
        return self.ask_for(email, token=token, **(options | more)).token

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
            reference, _ = self.queue.again.pop(0)
            to = self.recipients.addressed(reference)
            codes = [c for r, c in self.mails if r == reference]
            if to is None or not to.live:
                continue
            if codes:
                self.mails.append((reference, codes[-1]))
            elif to.asked_at is None or self.now >= to.asked_at + timedelta(minutes=5):
                self.queue.put(Job("reissue", reference))

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
