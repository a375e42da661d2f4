"""A small service that answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.config import Config, Route
from chalicelib.errors import NoRegistration, NotSignedIn, TodokuError
from chalicelib.identity.interfaces import SessionTokens
from chalicelib.limits.network import Visitor
from chalicelib.registration.view import View
from chalicelib.trail.view import Delivery, Step
from chalicelib.verification.model import Attempt, AttemptState, Registration

NOW = datetime(2027, 1, 24, 1, 5, 0, 250_000, tzinfo=UTC)

HTTPS = Config(
    stack="test",
    region="ap-northeast-1",
    base_url="https://entry.example.lg.jp",
    origins=("https://form.example.lg.jp",),
    pepper=b"p" * 32,
    service_name={"ja": "高校出願登録", "ja-easy": "高校出願登録", "en": "Application"},
    help_contact="045-000-0000",
    pool_id="",
    client_id="",
    client_secret="",
    jobs_queue="",
    resends_queue="",
    key_arn="",
    routes=(Route("primary", "ap-northeast-1", "c", "no-reply@mail.example.lg.jp"),),
    mail_budget_per_day=1000,
    shortest_password=8,
    build="2027-01-24",
)
HTTP = replace(HTTPS, base_url="http://127.0.0.1:8000", origins=())

VIEW = View(
    reference="7Q4K-2M9X-8T",
    label="K7",
    state="awaiting_code",
    email="t***@gmail.com",
    provider="google",
    expected_at=None,
    code_expires_at=NOW + timedelta(hours=23),
    resend_available_at=NOW + timedelta(seconds=42),
    attempts_left=5,
    delivery=Delivery("sent", (Step("waiting", NOW), Step("sent", NOW)), None, ("check-spam",)),
)


@dataclass(frozen=True)
class Asked:
    token: str
    registration: Registration


@dataclass(frozen=True)
class Completed:
    registration: Registration
    tokens: SessionTokens


@dataclass(frozen=True)
class Who:
    reference: str
    email: str


def _registration() -> Registration:
    attempt = Attempt(
        reference=VIEW.reference,
        label=VIEW.label,
        email="taro@gmail.com",
        address="a",
        limit="l",
        state=AttemptState.AWAITING_CODE,
        asked_at=NOW,
        expected_at=None,
        mail_asked_at=NOW,
    )
    return Registration("r", "ja", "n", NOW, attempt.reference, {attempt.reference: attempt})


@dataclass
class Service:
    """``UseCases``. ``refuses`` maps a use case's name to what it raises; a cookie is believed
    when it is there."""

    config: Config = HTTPS
    clock: Callable[[], datetime] = lambda: NOW
    refuses: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    shown: View = VIEW

    def refusing(self, name: str, error: Exception) -> Service:
        return replace(self, refuses={name: error}, asked=[])

    def _note(self, name: str, **given: Any) -> None:
        self.asked.append((name, given))
        if name in self.refuses:
            raise self.refuses[name]

    def _current(self, name: str, token: str | None, **given: Any) -> Registration:
        self._note(name, token=token, **given)
        if not token:
            raise NoRegistration()
        return _registration()

    def ask(
        self,
        email: str,
        *,
        locale: str,
        as_typed: bool,
        token: str | None,
        idempotency_key: str | None,
        visitor: Visitor,
    ) -> Asked:
        self._note(
            "ask",
            email=email,
            locale=locale,
            as_typed=as_typed,
            token=token,
            idempotency_key=idempotency_key,
            visitor=visitor,
        )
        return Asked("new-token", _registration())

    def current(self, token: str | None) -> Registration:
        return self._current("current", token)

    def resend(self, token: str | None, *, locale: str | None) -> Registration:
        return self._current("resend", token, locale=locale)

    def correct(
        self,
        token: str | None,
        email: str,
        *,
        as_typed: bool,
        visitor: Visitor,
        locale: str | None,
    ) -> Registration:
        return self._current(
            "correct",
            token,
            email=email,
            as_typed=as_typed,
            visitor=visitor,
            locale=locale,
        )

    def verify(self, token: str | None, code: str) -> Registration:
        return self._current("verify", token, code=code)

    def complete(self, token: str | None, password: str) -> Completed:
        registration = self._current("complete", token, password=password)
        return Completed(registration, SessionTokens("the-access", "the-refresh", 900))

    def cancel(self, token: str | None) -> None:
        self._current("cancel", token)

    def view(self, registration: Registration) -> View:
        return self.shown

    def who(self, access_token: str | None) -> Who:
        self._note("who", access=access_token)
        if not access_token:
            raise NotSignedIn()
        return Who(VIEW.reference, VIEW.email)

    def sign_out(self, access_token: str | None, refresh_token: str | None) -> None:
        self._note("sign_out", access=access_token, refresh=refresh_token)

    def challenge(self) -> dict[str, Any]:
        return {"parameters": {"algorithm": "PBKDF2/SHA-256"}, "signature": "s"}


def every_error() -> list[TodokuError]:
    """One of each kind that can reach the edge."""
    from chalicelib import errors as e
    from chalicelib.web.errors import (
        ForeignOrigin,
        Malformed,
        MethodNotAllowed,
        NotFound,
        TooLarge,
        UnsupportedMediaType,
    )

    soon = NOW + timedelta(seconds=42)
    return [
        e.Invalid(e.FieldFault("email", "two-ats")),
        e.EmailTypo("taro@gmail.com"),
        e.NoRegistration(),
        e.Wait(soon),
        e.ChallengeRequired(),
        e.CodeMismatch(4),
        e.CodeExpired(),
        e.TooManyAttempts(soon),
        e.AccountExists(),
        e.Conflict(),
        e.Displaced(),
        e.PasswordRefused("too-common"),
        e.NotSignedIn(),
        e.TryLater(7),
        e.OutcomeUnknown(),
        e.Raced(),
        Malformed("what"),
        ForeignOrigin(),
        NotFound(),
        MethodNotAllowed(("GET", "HEAD")),
        TooLarge(),
        UnsupportedMediaType(),
    ]
