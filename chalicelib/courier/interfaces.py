"""Interfaces of the courier: what it needs from outside, and every way that fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.config import Route
from chalicelib.courier.purpose import Purpose
from chalicelib.errors import TodokuError

MxHosts = Callable[[str], list[str]]
"""The MX hosts of a domain, best first; ``[]`` when it has none. ``OSError``: no answer."""


@dataclass(frozen=True)
class Recipient:
    """Whom a code is for, as the registration stands now."""

    reference: str
    email: str
    label: str
    locale: str
    network: str
    """HMAC of the client network that asked."""
    provider: str | None
    purpose: Purpose
    """What a mail to them is for: ``ACCOUNT_EXISTS`` where the address has an owner who
    finished."""
    reissued: bool
    """A new code was asked for, so the sign-up's own is dead."""
    live: bool
    """A code still helps: not corrected, cancelled, verified or completed."""
    asked_at: datetime | None
    """When Cognito was last asked for a code: set before ``SignUp`` or the reissue is called.
    The code is no older, so its life counts from here however late its event comes."""


class Recipients(Protocol):
    """The registrations, as the courier sees them. Methods raise ``TryLater``.

    Implemented by ``verification.recipients.RegistrationRecipients``.
    """

    def addressed(self, reference: str) -> Recipient | None:
        """Whom the attempt with this reference (upper case) is for; ``None``: nobody."""

    def code_issued(
        self, reference: str, at: datetime, expires: datetime, *, reissue: bool
    ) -> bool:
        """Cognito issued a code ``at``, for its sign-up or as a ``reissue``.

        One compare-and-swap decides between this code and a reissue that is just being asked
        for. False: this code is not wanted any more and must not be mailed. The same call
        again gives the same answer.
        """


@dataclass(frozen=True)
class KeptCode:
    """A code as Cognito encrypted it, kept until it expires so that it can be mailed again."""

    reference: str
    mail: str
    """Id of the mail that first carried it."""
    ciphertext: str
    """Base64, as it came in the event."""
    pool: str
    reissue: bool
    issued_at: datetime
    expires_at: datetime


class KeptCodes(Protocol):
    """Where encrypted codes are kept. Methods raise ``TryLater``.

    Implemented by ``aws.trail.KeptCodeTable``.
    """

    def keep(self, code: KeptCode) -> KeptCode:
        """Keep ``code`` unless it is kept already; returns what is kept."""

    def newest(self, reference: str) -> KeptCode | None:
        """The code issued last. It may have expired: deletion can take days."""

    def forget(self, code: KeptCode) -> None:
        """Take away a code that must never be mailed."""


class CodeUnreadable(TodokuError):
    """A code's envelope is not one that our pool made, or it is damaged."""


class CodeDecryption(Protocol):
    """Opens what Cognito encrypted. Implemented by ``aws.code_decryption.KmsCodeDecryption``."""

    def decrypt(self, ciphertext: str, pool: str) -> str:
        """The code in ``ciphertext`` (base64), which must be bound to the user pool ``pool``.

        Raises ``CodeUnreadable``, and ``TryLater`` when the key cannot be asked.
        """


@dataclass(frozen=True)
class OutgoingMail:
    """A mail as it is handed to SES. ``tags`` come back with every event."""

    to: str
    from_name: str
    subject: str
    text: str
    tags: Mapping[str, str]


class MailRejected(TodokuError):
    """This mail will never be taken; ``reason`` is one of ``trail.bounce_reasons``."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the mail was rejected: {reason}")
        self.reason = reason


class Mailer(Protocol):
    """The sending service. Implemented by ``aws.ses.SesMailer``."""

    def send(self, route: Route, mail: OutgoingMail) -> str:
        """Hand a mail over and return the service's id for it.

        Raises ``MailRejected``; ``TryLater`` when it may work later, or may even have worked.
        """
