"""User pool: what it knows of a reference, and what it is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from chalicelib.errors import TodokuError


class UserState(Enum):
    """What the user pool knows of a reference."""

    NONE = "none"
    UNCONFIRMED = "unconfirmed"
    PROVEN = "proven"
    """Confirmed, and the address's alias is its own."""
    DISPLACED = "displaced"
    """Confirmed once; the alias has moved to one who proved the address later."""


@dataclass(frozen=True)
class AliasHolder:
    """The user that signs in by an address."""

    reference: str
    finished: bool
    """Whether the pool knows that it set a password: ``mark_finished``."""


class UserExists(TodokuError):
    """``SignUp``: the reference is taken, by an earlier try of ours."""


class AddressRefused(TodokuError):
    """``SignUp``: the user pool will not take this address."""


class NoUser(TodokuError):
    """The pool has no user of this reference, or no longer."""


class WrongPassword(TodokuError):
    """Not the password of this user."""


class AlreadyConfirmed(TodokuError):
    """``ConfirmSignUp``: the user is confirmed, so a right code was entered before."""


@dataclass(frozen=True)
class SessionTokens:
    """What signing in yields. ``expires_in`` in seconds, of the access token."""

    access: str
    refresh: str
    expires_in: int


class Users(Protocol):
    """The user pool. All raise ``TryLater``, and ``OutcomeUnknown`` when an answer was lost.

    Implemented by ``aws.cognito.CognitoUsers``.
    """

    def sign_up(self, reference: str, email: str) -> None:
        """Make the user and have its code issued. Never repeat blindly.

        Raises ``UserExists``, ``AddressRefused``.
        """

    def state(self, reference: str) -> UserState:
        """What the pool knows of a reference."""

    def holder(self, email: str) -> AliasHolder | None:
        """Who holds the address as alias: who proved it last, and is not deleted."""

    def mark_finished(self, reference: str) -> None:
        """Have the pool know that this user set a password. Raises ``NoUser``."""

    def confirm(self, reference: str, code: str, *, take_over: bool) -> None:
        """Prove the address. ``take_over`` moves the alias off another user.

        Raises ``CodeMismatch``, ``CodeExpired``, ``AccountExists``, ``AlreadyConfirmed``.
        """

    def reissue(self, reference: str) -> None:
        """A new code; earlier ones are dead. Raises ``AlreadyConfirmed``."""

    def set_password(self, reference: str, password: str) -> None:
        """Raises ``PasswordRefused``, ``NoUser``."""

    def sign_in(self, reference: str, password: str) -> SessionTokens:
        """A session for a password. Raises ``WrongPassword``."""

    def remove(self, reference: str) -> None:
        """The user is gone afterwards, whether or not there was one."""
