"""What the web layer asks of the service. ``factory.Services`` provides it; tests bring a fake.

Times are aware and UTC. ``token`` is the value of the registration cookie, ``client`` the
connection's own address. What each call raises is what ``problems.py`` can say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    # A page needs none of these modules to be shown, and a cold start is a budget.
    from chalicelib.config import Config
    from chalicelib.identity.interfaces import SessionTokens
    from chalicelib.limits.network import Visitor
    from chalicelib.registration.view import View
    from chalicelib.verification.model import Registration


class Asked(Protocol):
    """A registration that was begun, and the cookie that belongs to it."""

    @property
    def token(self) -> str:
        """The value of the registration cookie."""

    @property
    def registration(self) -> Registration:
        """As it is now."""


class Completed(Protocol):
    """A registration that became an account, signed in."""

    @property
    def registration(self) -> Registration:
        """As it is now."""

    @property
    def tokens(self) -> SessionTokens:
        """The session's."""


class Who(Protocol):
    """Who is signed in. ``email`` is masked."""

    @property
    def reference(self) -> str:
        """The account's, as on the page."""

    @property
    def email(self) -> str:
        """Masked."""


class UseCases(Protocol):
    """Everything the service does, as HTTP sees it."""

    @property
    def config(self) -> Config:
        """The deployment's settings."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Now, aware, UTC."""

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
        """Begin a registration. Raises ``Invalid``, ``EmailTypo``, ``ChallengeRequired``,
        ``Wait``, ``TryLater``."""

    def current(self, token: str | None) -> Registration:
        """Raises ``NoRegistration``."""

    def resend(self, token: str | None, *, locale: str | None) -> Registration:
        """Mail the same code again, in ``locale`` from here on if it is given. Raises
        ``NoRegistration``, ``Wait``, ``Conflict``."""

    def correct(
        self,
        token: str | None,
        email: str,
        *,
        as_typed: bool,
        visitor: Visitor,
        locale: str | None,
    ) -> Registration:
        """Another address for the same registration. Raises ``Invalid``, ``EmailTypo``,
        ``NoRegistration``, ``Conflict``, ``ChallengeRequired``, ``Wait``."""

    def verify(self, token: str | None, code: str) -> Registration:
        """Prove the address. Raises ``Invalid``, ``NoRegistration``, ``CodeMismatch``,
        ``CodeExpired``, ``AccountExists``, ``TooManyAttempts``, ``TryLater``, ``Conflict``."""

    def complete(self, token: str | None, password: str) -> Completed:
        """Make the account. Raises ``Invalid``, ``NoRegistration``, ``PasswordRefused``,
        ``Conflict``, ``TryLater``."""

    def cancel(self, token: str | None) -> None:
        """Forget the registration. Raises ``NoRegistration``."""

    def view(self, registration: Registration) -> View:
        """What the applicant may see of it, the mail's trail included."""

    def who(self, access_token: str | None) -> Who:
        """Raises ``NotSignedIn``."""

    def sign_out(self, access_token: str | None, refresh_token: str | None) -> None:
        """End the session; nothing happens when there is none."""

    def challenge(self) -> dict[str, Any]:
        """A fresh proof of work, as JSON takes it."""
