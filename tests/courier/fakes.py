"""The courier's needs, small and in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.config import Route
from chalicelib.courier.interfaces import OutgoingMail, Recipient
from chalicelib.courier.purpose import Purpose
from chalicelib.courier.send_again import SendAgain
from chalicelib.courier.send_code import SendCode
from chalicelib.courier.sender import MailSender, MailSettings
from chalicelib.trail.mail_record import MailRecord
from chalicelib.trail.network_bounces import NetworkBounces
from chalicelib.trail.recorder import Trail
from tests.in_memory.courier import CodesInMemory, Outbox, PlainCodes
from tests.in_memory.mail_records import MailRecordsInMemory, Told

START = datetime(2026, 11, 24, 9, 5, 42, tzinfo=UTC)
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


def recipient(**changes: Any) -> Recipient:
    return replace(
        Recipient(
            reference=REFERENCE,
            email="taro.yamada@docomo.ne.jp",
            label="K7",
            locale="en",
            network="net",
            provider="docomo",
            purpose=Purpose.SIGN_UP_CODE,
            reissued=False,
            live=True,
            asked_at=START - timedelta(seconds=2),
        ),
        **changes,
    )


class OneRecipient:
    """``Recipients`` with one attempt, deciding as a registration's record would."""

    def __init__(self, one: Recipient | None) -> None:
        self.one = one
        self.issued: list[tuple[datetime, datetime]] = []
        self.overtaken_by: Recipient | None = None

    def addressed(self, reference: str) -> Recipient | None:
        return self.one if self.one and self.one.reference == reference else None

    def code_issued(
        self, reference: str, at: datetime, expires: datetime, *, reissue: bool
    ) -> bool:
        self.one = self.overtaken_by or self.one
        if self.one is None or not self.one.live or (self.one.reissued and not reissue):
            return False
        if (at, expires) not in self.issued:
            self.issued.append((at, expires))
        return True


class Post:
    """The courier with everything it needs."""

    def __init__(self, **changes: Any) -> None:
        self.clock = Clock()
        self.recipients = OneRecipient(recipient(**changes))
        self.codes = CodesInMemory()
        self.records = MailRecordsInMemory()
        self.told = Told()
        self.code_decryption = PlainCodes()
        self.outbox = Outbox()
        self.trail = Trail(self.records, [NetworkBounces(self.told)])
        self.with_routes(ROUTE)

    def with_routes(self, *routes: Route) -> None:
        """The same courier, started anew with these routes."""
        self.sender = MailSender(
            trail=self.trail,
            code_decryption=self.code_decryption,
            mailer=self.outbox,
            routes=routes,
            settings=MAIL_SETTINGS,
            clock=self.clock,
        )
        self.send_code = SendCode(
            recipients=self.recipients,
            codes=self.codes,
            sender=self.sender,
            code_life=LIFE,
            clock=self.clock,
        )
        self.send_again = SendAgain(
            recipients=self.recipients, codes=self.codes, sender=self.sender, clock=self.clock
        )

    @property
    def mails(self) -> list[OutgoingMail]:
        return self.outbox.mails

    @property
    def record(self) -> MailRecord:
        (record,) = self.records.kept.values()
        return record
