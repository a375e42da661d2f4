"""Real services on tables in memory, with one registration, which remember what they were asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.accounts.session import Sessions
from chalicelib.config import Config
from chalicelib.errors import TodokuError
from chalicelib.factory import Services
from chalicelib.identity.address import parse_address
from chalicelib.identity.ownership import Owner
from chalicelib.limits.challenge import Challenges, new_challenge
from chalicelib.registration.view import View
from chalicelib.trail.delivery import Delivery, Step
from chalicelib.trail.delivery_states import StateChange
from chalicelib.trail.mail_record import MailRecord
from chalicelib.verification.cookie_token import parse_token
from chalicelib.verification.model import Attempt, AttemptState, Registration
from tests.in_memory.adapters import CONFIG, AdaptersInMemory
from tests.in_memory.user_pool import User

NOW = datetime(2027, 1, 24, 1, 5, 0, 250_000, tzinfo=UTC)
HTTPS = CONFIG
HTTP = replace(HTTPS, base_url="http://127.0.0.1:8000", origins=())

TOKEN = f"{'0' * 32}.{'s' * 43}"
"""Of the cookie that has a registration."""
EMAIL = "taro@gmail.com"
REFERENCE = "7Q4K2M9X8T"
CODE = "123456"
ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/pool"
CHALLENGE = new_challenge("secret", 1, datetime(2027, 1, 24, tzinfo=UTC))

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


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def access_token() -> str:
    """Of whoever holds ``EMAIL``, good for years."""
    claims = {
        "iss": ISSUER,
        "iat": 1_700_000_000,
        "exp": 4_000_000_000,
        "token_use": "access",
        "client_id": "client",
        "username": REFERENCE.lower(),
    }
    return jwt.encode(claims, _key(), "RS256")


class _Accounts:
    """The user pool, as far as sessions ask it."""

    def email(self, token: str) -> str | None:
        return EMAIL if token == access_token() else None

    def revoke(self, refresh: str) -> None:
        pass

    def revoke_all(self, token: str) -> None:
        pass


class _OneChallenge(Challenges):
    """Always the same."""

    def new(self, network: str, work: int = 1) -> dict[str, Any]:
        return CHALLENGE


class _Noted:
    """A use case whose calls are noted; what else it has is its own."""

    def __init__(self, call: Callable[..., Any], use_case: Callable[..., Any]) -> None:
        self._call = call
        self._use_case = use_case

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._use_case, name)


class RecordedServices(Services):
    """``asked`` has each use case that was called, by the name of its operation, with what it was
    given. ``refuses`` maps such a name to what it raises instead; ``shown`` is seen instead of
    the registration's own view."""

    def __init__(
        self,
        config: Config = HTTPS,
        *,
        now: datetime = NOW,
        state: AttemptState | None = AttemptState.AWAITING_CODE,
        shown: View | None = None,
        wrong: tuple[datetime, ...] = (),
        refuses: Mapping[str, Exception] | None = None,
    ) -> None:
        """``state`` is the registration's; ``None``: there is none."""
        super().__init__(config, clock=lambda: now, mx=lambda domain: [f"mx.{domain}"])
        self.memory = AdaptersInMemory(self.clock)
        self.adapters = cast(Any, self.memory)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._refuses = dict(refuses or {})
        if state is not None:
            self._register(state, wrong, now)
        self.limits.challenge = _OneChallenge(
            pepper=config.pepper, counters=self.memory.counters, clock=self.clock
        )
        sessions = Sessions(
            accounts=_Accounts(),
            key_of=lambda token: _key().public_key(),
            issuer=ISSUER,
            client_id="client",
        )
        self._note(sessions)
        if shown is not None:
            self.registration.view = cast(Any, lambda registration: shown)

    def refusing(self, name: str, error: Exception) -> RecordedServices:
        """Others, one of whose use cases raises."""
        return RecordedServices(self.config, refuses={name: error})

    def _note(self, sessions: Sessions) -> None:
        """Put a note-taker before each use case. They keep calling each other directly."""
        registration, verification, lookup = self.registration, self.verification, None
        lookup = verification.lookup
        noted = self._noted
        start = registration.start
        registration.correct = noted("correct", registration.correct)
        registration.start = noted("ask", start)
        registration.complete = noted("complete", registration.complete)
        registration.cancel = noted("cancel", registration.cancel)
        verification.send_again = noted("resend", verification.send_again)
        verification.verify = noted("verify", verification.verify)
        verification.lookup = cast(
            Any,
            SimpleNamespace(seen=lookup.seen, registration=noted("current", lookup.registration)),
        )
        self.accounts.session = cast(
            Any,
            SimpleNamespace(
                who=noted("who", sessions.who), sign_out=noted("sign_out", sessions.sign_out)
            ),
        )

    def _noted(self, name: str, use_case: Callable[..., Any]) -> Any:
        signature = inspect.signature(use_case)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.asked.append((name, dict(signature.bind(*args, **kwargs).arguments)))
            if name in self._refuses:
                raise self._refuses[name]
            return use_case(*args, **kwargs)

        return _Noted(call, use_case)

    def _register(self, state: AttemptState, wrong: tuple[datetime, ...], now: datetime) -> None:
        """A registration whose code was sent 71 seconds ago."""
        begun = now - timedelta(seconds=71)
        address = parse_address(EMAIL)
        key, proven = address.key(self.config.pepper), state is not AttemptState.AWAITING_CODE
        attempt = Attempt(
            reference=REFERENCE,
            label=VIEW.label,
            email=EMAIL,
            address=key,
            limit=address.limit_key(self.config.pepper),
            state=state,
            asked_at=begun,
            expected_at=None,
            mail_asked_at=begun,
            provider="google",
            signup_at=begun,
            signed_up_at=begun,
            code_expires_at=begun + timedelta(hours=24),
            verified_at=now if proven else None,
        )
        token = parse_token(TOKEN)
        assert token is not None
        attempts = {REFERENCE: attempt}
        registration = Registration(
            token.id, "ja", "net", begun, REFERENCE, attempts, wrong, token=token.hash
        )
        self.memory.registrations.save(registration, None)
        self.memory.users.users[REFERENCE] = User(EMAIL, CODE, begun, proven, proven)
        self.memory.mail_records.kept[REFERENCE, "m"] = MailRecord(
            reference=REFERENCE,
            mail="m",
            purpose="sign-up",
            provider="google",
            route="primary",
            network="net",
            started_at=begun,
            states={"waiting": StateChange(begun), "sent": StateChange(begun)},
        )
        if proven:
            self.memory.owners.owners[key] = Owner(REFERENCE, now)


def every_error() -> list[TodokuError]:
    """One of each kind that can reach the edge."""
    from chalicelib import errors as e
    from chalicelib.web import errors as http

    soon = NOW + timedelta(seconds=42)
    return [
        e.Invalid(e.InvalidField("email", "two-ats")),
        e.EmailTypo("taro@gmail.com"),
        e.UnknownEnding("gmailcom"),
        e.NoRegistration(),
        e.Wait(soon),
        e.ChallengeRequired("net", 1),
        e.CodeMismatch(4),
        e.CodeExpired(),
        e.TooManyAttempts(soon),
        e.AccountExists(),
        e.Conflict(),
        e.Displaced(),
        e.AlreadyCompleted(),
        e.PasswordRefused("too-common"),
        e.NotSignedIn(),
        e.TryLater(7),
        e.UnreadableRecord(),
        e.OutcomeUnknown(),
        e.Raced(),
        http.Malformed("what"),
        http.CrossSiteFetch(),
        http.OtherRegistration(),
        http.ForeignOrigin(),
        http.NotFound(),
        http.MethodNotAllowed(("GET", "HEAD")),
        http.TooLarge(),
        http.UnsupportedMediaType(),
    ]
