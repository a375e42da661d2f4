"""What this room needs from outside, and every way it fails. ``aws/`` provides it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from chalicelib.errors import TodokuError
from chalicelib.registration.limits import Mailbox
from chalicelib.registration.model import Owner, Registration

Clock = Callable[[], datetime]
"""Now, aware, UTC."""

TRIES = 8
"""How often a use case reads again and decides again after ``Raced``."""


@dataclass(frozen=True)
class Seen:
    """A registration as it was read; ``version`` is what a later write must still find."""

    registration: Registration
    version: int


@dataclass(frozen=True)
class SeenMailbox:
    """The limits' memory of the address with this limit key. ``version`` ``None``: none yet."""

    key: str
    mailbox: Mailbox
    version: int | None

    def becoming(self, mailbox: Mailbox) -> SeenMailbox:
        """The same with what it is to become, for ``Registrations.save``."""
        return replace(self, mailbox=mailbox)


class Registrations(Protocol):
    """The registrations, each found by its id or by the reference of one of its attempts."""

    def get(self, id: str) -> Seen | None:
        """By id."""

    def find(self, reference: str) -> Seen | None:
        """By the reference of any of its attempts."""

    def save(self, registration: Registration, seen: Seen | None, *mailboxes: SeenMailbox) -> None:
        """All of it or nothing. Raises ``Raced`` when anything was written in between."""

    def change(
        self, reference: str, decide: Callable[[Registration], Registration]
    ) -> Registration | None:
        """Compare-and-swap by reference; ``None`` when there is no such registration."""

    def forget(self, registration: Registration) -> None:
        """Take the registration and its references away."""

    def due(self, now: datetime) -> list[str]:
        """Ids of registrations the sweeper should look at."""


class Mailboxes(Protocol):
    """The limits' memory, by limit key."""

    def get(self, key: str) -> SeenMailbox:
        """The memory of this address; an empty one when there is none."""


class Owners(Protocol):
    """Who proved an address, by its identity key."""

    def get(self, address: str) -> Owner | None:
        """Who proved the address last."""

    def change(self, address: str, decide: Callable[[Owner | None], Owner | None]) -> None:
        """Compare-and-swap; what ``decide`` raises comes through and nothing is written."""

    def forget(self, address: str, reference: str) -> None:
        """Take the owner away if it is ``reference`` and not finished."""


@dataclass(frozen=True)
class NetworkDay:
    """What one client network did today, and how its mails fared."""

    asked_this_hour: float
    """Registrations in the last 60 minutes (the hour before is weighted by what is left)."""
    sent: int
    bounced: int


class Counters(Protocol):
    """Plain counters, each one atomic write."""

    def network_asked(self, network: str, now: datetime) -> NetworkDay:
        """Count one registration of ``network``, and say how it stands."""

    def network_turn(self, network: str, now: datetime) -> datetime | None:
        """Take the one registration a minute of a network whose mails bounce: ``None`` when
        it is granted, else when the next one is."""

    def network_slot(self, network: str, now: datetime, pace: timedelta) -> datetime:
        """Take the next place in a network's slow lane, ``pace`` after the one before."""

    def once(self, what: str, until: datetime) -> bool:
        """True for the first who asks for ``what`` before ``until``."""

    def code_tried(self, address: str, now: datetime, most: int) -> bool:
        """Count a code tried for ``address`` today, unless ``most`` were; False then."""

    def mail_taken(self, now: datetime, most: int) -> bool:
        """Take one mail of today's budget of ``most``; False when it is used up."""


@dataclass(frozen=True)
class Job:
    """Something for the worker. ``kind``: issue, resend (mail ``n``), reissue, renew or
    remove."""

    kind: str
    reference: str
    n: int = 1
    tries: int = 0
    """How often it went back because a service was busy."""


class Jobs(Protocol):
    """The queue. A job may come twice, and late."""

    def put(self, job: Job, at: datetime | None = None) -> None:
        """Have ``job`` done, not before ``at`` as far as the queue can wait (15 minutes)."""

    def send_again(self, reference: str, n: int) -> None:
        """Have mail ``n`` of ``reference`` sent with the code it already has."""


class UserState(Enum):
    """What the user pool knows of a reference."""

    NONE = "none"
    UNCONFIRMED = "unconfirmed"
    PROVEN = "proven"
    """Confirmed, and the address's alias is its own."""
    DISPLACED = "displaced"
    """Confirmed once; the alias has moved to one who proved the address later."""


class UserExists(TodokuError):
    """``SignUp``: the reference is taken, by an earlier try of ours."""


class AddressRefused(TodokuError):
    """``SignUp``: the user pool will not take this address."""


class AlreadyConfirmed(TodokuError):
    """``ConfirmSignUp``: the user is confirmed, so a right code was entered before."""


class Users(Protocol):
    """The user pool. All raise ``TryLater``, and ``OutcomeUnknown`` when an answer was lost."""

    def sign_up(self, reference: str, email: str) -> None:
        """Make the user and have its code issued. Never repeat blindly.

        Raises ``UserExists``, ``AddressRefused``.
        """

    def state(self, reference: str) -> UserState:
        """What the pool knows of a reference."""

    def confirm(self, reference: str, code: str, *, take_over: bool) -> None:
        """Prove the address. ``take_over`` moves the alias off another user.

        Raises ``CodeMismatch``, ``CodeExpired``, ``AccountExists``, ``AlreadyConfirmed``.
        """

    def reissue(self, reference: str) -> None:
        """A new code; earlier ones are dead. Raises ``AlreadyConfirmed``."""

    def set_password(self, reference: str, password: str) -> None:
        """Raises ``PasswordRefused``."""

    def sign_in(self, reference: str, password: str) -> SessionTokens:
        """A session for the password that was just set."""

    def remove(self, reference: str) -> None:
        """The user is gone afterwards, whether or not there was one."""


@dataclass(frozen=True)
class SessionTokens:
    """What signing in yields. ``expires_in`` in seconds, of the access token."""

    access: str
    refresh: str
    expires_in: int
