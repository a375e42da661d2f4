"""What mailing a code needs, in memory: kept codes, plain ciphertexts, an outbox."""

from __future__ import annotations

import base64
from typing import Any

from chalicelib.config import Route
from chalicelib.courier.provider import CachedProvider, NoSuchMailDomain
from chalicelib.courier.sender import OutgoingMail
from chalicelib.verification.model import CodeUnreadable, KeptCode

POOL = "ap-northeast-1_Example"


class CodesInMemory:
    """``KeptCodes`` in a dictionary."""

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
    """``CodeDecryption`` of base64 of ``pool:code``; nothing is secret here."""

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
        self.routes: list[str] = []
        """The route of each mail."""
        self.failing: list[Exception] = []

    def send(self, route: Route, mail: OutgoingMail) -> str:
        if self.failing:
            raise self.failing.pop(0)
        self.mails.append(mail)
        self.routes.append(route.name)
        return f"message-{len(self.mails)}"


class ProvidersInMemory:
    """``ProviderCache`` in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, CachedProvider] = {}

    def get(self, domain: str) -> CachedProvider | None:
        return self.kept.get(domain)

    def put(self, cached: CachedProvider) -> None:
        self.kept[cached.domain] = cached


class MailDomains:
    """``MxHosts``: every domain has an MX, but the ``missing``."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.down = False
        """Whether no question is answered."""

    def __call__(self, domain: str) -> list[str]:
        if self.down:
            raise OSError("no answer")
        if domain in self.missing:
            raise NoSuchMailDomain(domain)
        return [f"mx.{domain}"]


def sealed(code: str, pool: str = POOL) -> str:
    """What ``PlainCodes`` decrypts."""
    return base64.b64encode(f"{pool}:{code}".encode()).decode()


def trigger(
    ciphertext: str, source: str = "CustomEmailSender_SignUp", user: str = "7q4k2m9x8t"
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
