"""Registration, attempt and kept code: one browser's way to an account, address by address.

The whole registration is one record, changed by compare-and-swap; ``transitions.py`` has what
it may become.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.clock import CLOCKS_APART
from chalicelib.errors import TodokuError
from chalicelib.jobs import LONGEST_REST
from chalicelib.limits.budget import MailPlace

if TYPE_CHECKING:
    from chalicelib.limits.mailbox import SeenMailbox


class AttemptState(StrEnum):
    """How far an attempt is. ``expired`` is only shown, never stored: the code's time is up.
    ``void`` is never shown: the address was corrected, or the registration cancelled."""

    QUEUED = "queued"
    AWAITING_CODE = "awaiting_code"
    VERIFIED = "verified"
    COMPLETED = "completed"
    EXPIRED = "expired"
    VOID = "void"


KEPT = timedelta(days=30)
"""How long a registration is remembered after its last attempt, for the page and the help desk."""

OPEN = (AttemptState.QUEUED, AttemptState.AWAITING_CODE)
"""Before verification: the address may still be corrected, a code entered, a mail asked for."""


class TriedCode(Struct, frozen=True):
    """A code that Cognito is being asked about: its answer may be lost."""

    proof: str
    """HMAC of the code."""
    at: datetime


class Renewal(Struct, frozen=True):
    """How the cookie's token was renewed last."""

    before: str
    """Hash of the token before."""
    until: datetime
    """Until when what renewed it, sent once more, is answered with the new token."""
    tries: int = 0
    """How often a code was sent with the token before."""


class Attempt(Struct, frozen=True, omit_defaults=True):
    """One address in one registration. Its reference is the Cognito username."""

    reference: str
    label: str
    email: str
    """As typed, after trimming and NFKC: shown, and mailed to."""
    address: str
    """Identity key: HMAC of the case-folded address."""
    limit: str
    """Limit key: as ``address``, with Gmail's dots and +tags folded."""
    state: AttemptState
    asked_at: datetime
    expected_at: datetime | None
    """When the next mail may leave; ``None`` once nothing is waiting."""
    mail_asked_at: datetime
    """When a mail was last asked for; another is possible a minute later."""
    mails: int = 1
    """How many mails this attempt has asked for; numbers the mails that were sent again."""
    provider: str | None = None
    signup_at: datetime | None = None
    """Set before ``SignUp`` is called: from here on the user may exist in Cognito."""
    signed_up_at: datetime | None = None
    """Set after ``SignUp``: no call of it is under way any more."""
    reissued_at: datetime | None = None
    """Set before ``ResendConfirmationCode``: the sign-up's own code is dead from here on."""
    code_expires_at: datetime | None = None
    verified_at: datetime | None = None
    trying: TriedCode | None = None
    """Set before a code is tried, and taken away with the answer."""
    completed_at: datetime | None = None
    refused: bool = False
    """The user pool would not take the address."""
    no_such_domain_at: datetime | None = None
    """When the DNS said that nobody takes mail for the address's domain. Nobody was signed up, and
    nothing is done until another mail is asked for."""
    known_finished: bool = False
    """The user pool knows that the account is made."""
    domain: str = ""
    """Key of the mail domain (``limits.domain_key``)."""
    placed: int = 0
    """The newest mail with a place in a day's budget, as ``mails`` numbers them."""
    place: MailPlace | None = None
    """That place."""
    placing_at: datetime | None = None
    """Set before a place is taken for the newest mail, and taken away once it is known what came of
    it: so that no mail takes two."""
    account_exists: bool = False
    """The right code was typed, and the address has an account: the page goes on saying so."""
    code_tail: str = ""
    """Digits that follow Cognito's six, where the address has been guessed at."""
    resting: bool = False
    """The next mail's time is so far ahead that its job is on no queue yet."""
    handed_over: int = 0
    """The newest mail that SES took, or refused for good; as ``mails`` numbers them."""
    network: str = ""
    """Key of the client network that asked for it, where another began the registration."""
    unworked: bool = False
    """A proof of work was asked for and left out: its mails are of the network's share alone."""
    asked_again_at: datetime | None = None
    """When the newest mail was asked for once more, though it had not left yet."""

    @property
    def expires(self) -> datetime:
        """When it may be forgotten, whatever became of it."""
        return self.asked_at + KEPT

    @property
    def is_refused(self) -> bool:
        """Whether no code can come: the pool will not have the address, or the DNS its domain."""
        return self.refused or self.no_such_domain_at is not None

    @property
    def asked_last(self) -> datetime:
        """What the days of an unfinished one are counted from: when its newest mail may leave."""
        return min(max(self.asked_at, self.mail_asked_at), self.asked_at + LONGEST_REST)

    @property
    def code_asked_at(self) -> datetime | None:
        """When Cognito was last asked for a code: noted before it is asked. The code is no
        older, so its life counts from here however late its event comes."""
        return self.reissued_at or self.signup_at


class Registration(Struct, frozen=True, omit_defaults=True):
    """Everything one browser has asked for."""

    id: str
    """What its cookie's token names it by. Whoever knows it has nothing yet."""
    locale: str
    network: str
    """Key of the client network that began it (IPv4, IPv6 /64)."""
    created_at: datetime
    current: str
    attempts: dict[str, Attempt]
    wrong: tuple[datetime, ...] = ()
    """When codes were tried that did not fit, oldest first, the last day's only."""
    swept_at: datetime | None = None
    """When the sweeper last looked: it does not look again at once."""
    token: str = ""
    """Hash of the cookie's token (``cookie_token.py``); none opens a registration without one."""
    renewal: Renewal | None = None

    @property
    def attempt(self) -> Attempt:
        """The attempt for the address this browser asks with now."""
        return self.attempts[self.current]

    @property
    def expires(self) -> datetime:
        """When the record may be deleted, whatever became of it."""
        return max(attempt.expires for attempt in self.attempts.values())

    def network_of(self, attempt: Attempt) -> str:
        """Key of the client network that asked for an attempt: a correction may come from another
        than the registration, and what it costs is that one's."""
        return attempt.network or self.network

    def needs_code(self, attempt: Attempt) -> bool:
        """Whether a code still helps: not corrected, cancelled, verified or completed."""
        return self.current == attempt.reference and attempt.state in OPEN

    def with_attempt(self, attempt: Attempt) -> Registration:
        """This registration with ``attempt`` in the place of its namesake, or added."""
        return replace(self, attempts={**self.attempts, attempt.reference: attempt})

    def without(self, reference: str) -> Registration:
        """This registration without a void attempt whose user is gone."""
        left = {r: a for r, a in self.attempts.items() if r != reference or r == self.current}
        return replace(self, attempts=left)


class Seen(Struct, frozen=True):
    """A registration as it was read; ``version`` is what a later write must still find."""

    registration: Registration
    version: int


class Registrations(Protocol):
    """The registrations, each found by its id or by the reference of one of its attempts.

    Implemented by ``aws.tables.RegistrationTable``.
    """

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

    def forget(self, seen: Seen) -> None:
        """Take the registration and its references away. Raises ``Raced`` when it was written
        since it was seen."""


class KeptCode(Struct, frozen=True):
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

    @property
    def expires(self) -> datetime:
        """When the record may be deleted: when the code works no longer."""
        return self.expires_at

    def is_superseded(self, attempt: Attempt) -> bool:
        """Whether another code was asked for since, which made this one invalid."""
        reissued_at = attempt.reissued_at
        if reissued_at is None:
            return False
        return not self.reissue or self.issued_at + CLOCKS_APART < reissued_at


class KeptCodes(Protocol):
    """Where encrypted codes are kept. Methods raise ``TryLater``.

    Implemented by ``aws.tables.KeptCodeTable``.
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
