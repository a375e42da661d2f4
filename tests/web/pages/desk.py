"""A small service for the pages: registrations in any state, and nothing behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.config import Config
from chalicelib.errors import NoRegistration, TodokuError
from chalicelib.registration.view import View
from chalicelib.trail.view import Delivery, Step
from chalicelib.verification.model import Attempt, AttemptState, Registration
from chalicelib.web.request import Request
from tests.web.service_fake import HTTPS

NOW = datetime(2027, 1, 24, 1, 5, tzinfo=UTC)
"""10:05 in Japan."""

REGISTERED = {"todoku_registration": "t"}

CONFIG = replace(
    HTTPS,
    origins=(),
    service_name={
        "ja": "高校出願登録",
        "ja-easy": "高校（こうこう）の出願（しゅつがん）の登録（とうろく）",
        "en": "High School Application",
    },
)


def view(**changes: Any) -> View:
    """A registration whose mail was delivered at 10:04 in Japan."""
    sent = (
        Step("waiting", NOW - timedelta(seconds=70)),
        Step("sent", NOW - timedelta(seconds=65)),
        Step("delivered", NOW - timedelta(seconds=60)),
    )
    return replace(
        View(
            reference="7Q4K-2M9X-8T",
            label="K7",
            state="awaiting_code",
            email="t***@gmail.com",
            provider="google",
            expected_at=None,
            code_expires_at=NOW + timedelta(hours=23),
            resend_available_at=NOW + timedelta(seconds=42),
            attempts_left=5,
            delivery=Delivery(
                "delivered",
                sent,
                None,
                ("check-spam", "allow-domain:google", "try-another-address"),
            ),
        ),
        **changes,
    )


def mail(*states: Any, reason: str | None = None, advice: tuple[str, ...] = ()) -> Delivery:
    """A mail that went through ``states``, ten seconds each, up to now."""
    steps = tuple(
        Step(state, NOW - timedelta(seconds=10 * (len(states) - n)))
        for n, state in enumerate(states)
    )
    return Delivery(states[-1] if states else "waiting", steps, reason, advice)


@dataclass
class Desk:
    """The part of ``UseCases`` that pages use; ``asked`` counts looks at the registration."""

    shown: View | None = None
    config: Config = CONFIG
    clock: Callable[[], datetime] = lambda: NOW
    broken: TodokuError | None = None
    wrong: tuple[datetime, ...] = ()
    """When codes were tried that did not fit."""
    asked: list[str | None] = field(default_factory=list)

    def current(self, token: str | None) -> Registration:
        self.asked.append(token)
        if self.broken:
            raise self.broken
        if self.shown is None or not token:
            raise NoRegistration()
        attempt = Attempt(
            reference=self.shown.reference,
            label=self.shown.label,
            email="taro@gmail.com",
            address="a",
            limit="l",
            state=AttemptState.AWAITING_CODE,
            asked_at=NOW - timedelta(seconds=71),
            expected_at=self.shown.expected_at,
            mail_asked_at=NOW - timedelta(seconds=71),
        )
        attempts = {attempt.reference: attempt}
        return Registration("r", "ja", "n", NOW, attempt.reference, attempts, self.wrong)

    def view(self, registration: Registration) -> View:
        assert self.shown is not None
        return self.shown

    def challenge(self) -> dict[str, Any]:
        return {"parameters": {"algorithm": "PBKDF2/SHA-256"}, "signature": "s"}


def request(path: str, locale: str = "ja", **more: Any) -> Request:
    """A browser's request for a page."""
    given: dict[str, Any] = {
        "method": "GET",
        "path": path,
        "prefix": "",
        "query": {},
        "headers": {},
        "cookies": REGISTERED,
        "client": "127.0.0.1",
        "body": b"",
        "content_type": "",
        "locale": locale,
        "html": True,
    }
    return Request(**(given | more))
