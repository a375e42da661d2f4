"""The courier's needs, small and in memory."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.config import Route
from chalicelib.courier.interfaces import CodeUnreadable, KeptCode, OutgoingMail, Recipient
from chalicelib.courier.send_again import SendAgain
from chalicelib.courier.send_code import SendCode
from chalicelib.courier.sender import MailSender, MailSettings
from chalicelib.trail.mail_record import MailRecord
from chalicelib.trail.recorder import Trail
from tests.trail.memory import MemoryRecords, Told

START = datetime(2026, 11, 24, 9, 5, 42, tzinfo=UTC)
LIFE = timedelta(hours=24)
REFERENCE = "7Q4K2M9X8T"
POOL = "ap-northeast-1_Example"
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
            has_account=False,
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


class MemoryCodes:
    def __init__(self) -> None:
        self.kept: dict[str, KeptCode] = {}

    def keep(self, code: KeptCode) -> KeptCode:
        return self.kept.setdefault(code.mail, code)

    def newest(self, reference: str) -> KeptCode | None:
        own = [code for code in self.kept.values() if code.reference == reference]
        return max(own, key=lambda code: code.issued_at, default=None)

    def forget(self, code: KeptCode) -> None:
        self.kept.pop(code.mail, None)


class PlainCodes:
    """Base64 of ``pool:code``; nothing is secret here."""

    def __init__(self) -> None:
        self.opened = 0

    def decrypt(self, ciphertext: str, pool: str) -> str:
        self.opened += 1
        owner, _, code = base64.b64decode(ciphertext).decode().partition(":")
        if owner != pool:
            raise CodeUnreadable("made for another user pool")
        return code


class Outbox:
    """``Mailer`` that keeps what it is given. ``failing`` is raised instead, once each."""

    def __init__(self) -> None:
        self.mails: list[OutgoingMail] = []
        self.failing: list[Exception] = []

    def send(self, route: Route, mail: OutgoingMail) -> str:
        if self.failing:
            raise self.failing.pop(0)
        self.mails.append(mail)
        return f"message-{len(self.mails)}"


def sealed(code: str, pool: str = POOL) -> str:
    return base64.b64encode(f"{pool}:{code}".encode()).decode()


def trigger(
    ciphertext: str, source: str = "CustomEmailSender_SignUp", user: str = REFERENCE.lower()
) -> dict[str, Any]:
    """Cognito's CustomEmailSender event."""
    return {
        "version": "1",
        "triggerSource": source,
        "region": "ap-northeast-1",
        "userPoolId": POOL,
        "userName": user,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown", "clientId": "client"},
        "request": {
            "type": "customEmailSenderRequestV1",
            "code": ciphertext,
            "clientMetadata": None,
            "userAttributes": {"sub": "1", "email": "taro.yamada@docomo.ne.jp"},
        },
    }


class Post:
    """The courier with everything it needs."""

    def __init__(self, **changes: Any) -> None:
        self.clock = Clock()
        self.recipients = OneRecipient(recipient(**changes))
        self.codes = MemoryCodes()
        self.records = MemoryRecords()
        self.told = Told()
        self.code_decryption = PlainCodes()
        self.outbox = Outbox()
        sender = MailSender(
            trail=Trail(self.records, self.told),
            code_decryption=self.code_decryption,
            mailer=self.outbox,
            routes=(ROUTE,),
            settings=MAIL_SETTINGS,
            clock=self.clock,
        )
        self.send_code = SendCode(
            recipients=self.recipients,
            codes=self.codes,
            sender=sender,
            code_life=LIFE,
            clock=self.clock,
        )
        self.send_again = SendAgain(
            recipients=self.recipients, codes=self.codes, sender=sender, clock=self.clock
        )

    @property
    def mails(self) -> list[OutgoingMail]:
        return self.outbox.mails

    @property
    def record(self) -> MailRecord:
        (record,) = self.records.kept.values()
        return record
