"""A code's way to its mail, in memory: one attempt, the use cases that mail its code, an outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from chalicelib.config import Route
from chalicelib.courier.sender import MailSender, MailSettings, OutgoingMail, Recipient
from chalicelib.courier.text import Purpose
from chalicelib.identity.ownership import Owner
from chalicelib.jobs import Job, MailAgain
from chalicelib.trail.mail_record import MailRecord
from chalicelib.trail.network_bounces import NetworkBounces
from chalicelib.trail.recorder import Trail
from chalicelib.verification.model import Attempt, AttemptState, Registration
from chalicelib.verification.send_code import SendCode
from chalicelib.verification.send_kept_code import SendKeptCode
from tests.in_memory.adapters import Queues
from tests.in_memory.courier import CodesInMemory, Outbox, PlainCodes
from tests.in_memory.mail_records import MailRecordsInMemory, Told
from tests.in_memory.tables import CountersInMemory, OwnersInMemory, Table

START = datetime(2026, 11, 24, 9, 5, 42, tzinfo=UTC)
ASKED = START - timedelta(seconds=2)
"""When Cognito was asked for the code."""
LIFE = timedelta(hours=24)
REFERENCE = "7Q4K2M9X8T"
ROUTE = Route("primary", "ap-northeast-1", "todoku-primary", "entry@example.lg.jp")
MAIL_SETTINGS = MailSettings(
    {"ja": "高校出願登録", "en": "High School Application"}, "045-000-0000"
)


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def recipient() -> Recipient:
    """Whom the attempt's mails are for."""
    return Recipient(
        reference=REFERENCE,
        email="taro.yamada@docomo.ne.jp",
        label="K7",
        locale="en",
        network="net",
        domain="domain",
        provider="docomo",
        purpose=Purpose.SIGN_UP_CODE,
    )


class OneAttempt:
    """A registration with one attempt that has signed up, and perhaps an owner of its address."""

    def __init__(self, **changes: Any) -> None:
        whom = recipient()
        attempt = Attempt(
            reference=REFERENCE,
            label=whom.label,
            email=whom.email,
            address="address",
            limit="limit",
            state=AttemptState.AWAITING_CODE,
            asked_at=ASKED,
            expected_at=None,
            mail_asked_at=ASKED,
            provider=whom.provider,
            signup_at=ASKED,
        )
        self.table, self.owners = Table(), OwnersInMemory()
        self.table.save(
            Registration("id", whom.locale, whom.network, ASKED, REFERENCE, {REFERENCE: attempt}),
            None,
        )
        self.become(**changes)

    @property
    def attempt(self) -> Attempt:
        seen = self.table.find(REFERENCE)
        assert seen is not None
        return seen.registration.attempt

    def become(self, **changes: Any) -> None:
        """Other fields of the attempt."""
        self.table.change(REFERENCE, lambda r: r.with_attempt(replace(r.attempt, **changes)))

    def is_owned(self) -> None:
        """Somebody has an account with the address."""
        self.owners.owners["address"] = Owner("ANOTHER", START, finished=True)


def mailing(**needs: Any) -> tuple[SendCode, SendKeptCode]:
    """The two use cases that mail a code."""
    counters = CountersInMemory()
    return SendCode(code_life=LIFE, counters=counters, **needs), SendKeptCode(**needs)


class Post(OneAttempt):
    """The way to the mail with everything it needs."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(**changes)
        self.clock = Clock()
        self.jobs = Queues(self.clock)
        self.codes = CodesInMemory()
        self.records = MailRecordsInMemory()
        self.told = Told()
        self.code_decryption = PlainCodes()
        self.outbox = Outbox()
        self.trail = Trail(self.records, [NetworkBounces(self.told, self.clock)])
        self.with_routes(ROUTE)

    def with_routes(self, *routes: Route) -> None:
        """The same, started anew with these routes."""
        self.sender = MailSender(
            trail=self.trail,
            mailer=self.outbox,
            routes=routes,
            settings=MAIL_SETTINGS,
            clock=self.clock,
        )
        self.send_code, self.send_kept_code = mailing(
            registrations=self.table,
            owners=self.owners,
            codes=self.codes,
            code_decryption=self.code_decryption,
            sender=self.sender,
            jobs=self.jobs,
            clock=self.clock,
        )

    def again(self, n: int) -> None:
        """Send mail ``n``."""
        self.send_kept_code(MailAgain(REFERENCE, n))

    @property
    def mails(self) -> list[OutgoingMail]:
        return self.outbox.mails

    @property
    def asked(self) -> list[Job]:
        """The jobs that were put on the queue."""
        return [job for _, job in self.jobs.waiting]

    @property
    def record(self) -> MailRecord:
        (record,) = self.records.kept.values()
        return record
