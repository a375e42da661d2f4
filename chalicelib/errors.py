"""Domain errors: what can go wrong, without HTTP and AWS.

``web/problems.py`` is the one place that turns these into answers; ``aws/`` is the one place
that turns a service's errors into these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


class TodokuError(Exception):
    """The root of everything this service refuses or fails on purpose."""


EmailErrorCode = Literal[
    "empty",
    "missing",
    "no-at",
    "two-ats",
    "spaces",
    "word-or-space",
    "control",
    "dots",
    "dot-before-at",
    "carrier-dots",
    "two-addresses",
    "words-beside",
    "sign",
    "not-ascii",
    "not-hyphen",
    "not-dot",
    "ip-domain",
    "too-long",
    "syntax",
    "domain",
    "domain-sign",
    "typo",
]
CodeErrorCode = Literal[
    "empty", "missing", "not-six-digits", "not-ten-digits", "two-codes", "mismatch", "expired"
]
PasswordReason = Literal[
    "too-short", "too-long", "too-common", "contains-address", "contains-service-name", "refused"
]
PasswordErrorCode = Literal["empty", "missing", PasswordReason]
LocaleErrorCode = Literal["unknown-locale"]
AnyFieldErrorCode = Literal["wrong-type", "unknown-field"]
FieldErrorCode = Literal[
    EmailErrorCode, CodeErrorCode, PasswordErrorCode, LocaleErrorCode, AnyFieldErrorCode
]
"""Why a field cannot be used. Clients rely on these: none is renamed or taken away."""


@dataclass(frozen=True)
class InvalidField:
    """A field that cannot be used, and why."""

    field: str
    code: FieldErrorCode
    sign: str = ""
    """Which sign, or what words, of what was typed; none where that helps nobody."""


class Invalid(TodokuError):
    """The input cannot be used as it is; ``fields`` says which of it, and why."""

    def __init__(self, *fields: InvalidField) -> None:
        super().__init__(", ".join(f"{f.field}: {f.code}" for f in fields))
        self.fields = fields


class EmailTypo(TodokuError):
    """The domain looks like a slip. Nothing was sent."""

    def __init__(self, suggestion: str) -> None:
        super().__init__("the address looks mistyped")
        self.suggestion = suggestion


class UnknownEnding(TodokuError):
    """The domain ends in what is no ending, and nothing tells what was meant. Nothing was sent."""

    def __init__(self, ending: str) -> None:
        super().__init__("the address has an ending that does not exist")
        self.ending = ending


class NoRegistration(TodokuError):
    """This browser has no registration, or no longer."""


class Wait(TodokuError):
    """Too soon. ``until`` is when the same request will be accepted."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"wait until {until.isoformat()}")
        self.until = until


class ChallengeRequired(TodokuError):
    """This client network must solve a proof of work first; never a refusal."""

    def __init__(self, network: str, work: int) -> None:
        super().__init__("a proof of work comes first")
        self.network = network
        self.work = work


class CodeMismatch(TodokuError):
    """Not the code we sent. ``attempts_left`` before a wait begins."""

    def __init__(self, attempts_left: int) -> None:
        super().__init__("the code does not match")
        self.attempts_left = attempts_left


class CodeExpired(TodokuError):
    """The code was right once, or may have been; it works no longer."""


class TooManyAttempts(TodokuError):
    """Too many wrong codes. ``until`` is when another may be tried."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"no more codes until {until.isoformat()}")
        self.until = until


class AccountExists(TodokuError):
    """The code was right, and the address already has an account."""


class Conflict(TodokuError):
    """The request no longer fits: another browser, or this one, went further."""


class Displaced(Conflict):
    """Another browser proved the same address later: this one cannot go on."""

    def __init__(self) -> None:
        super().__init__("another browser proved this address later")


class AlreadyCompleted(Conflict):
    """The account is made: the password that was set then counts, and no other."""

    def __init__(self) -> None:
        super().__init__("this registration is completed")


class PasswordRefused(TodokuError):
    """The password may not be used; ``reason`` is a code that clients rely on."""

    def __init__(self, reason: PasswordReason) -> None:
        super().__init__(f"password refused: {reason}")
        self.reason = reason


class NotSignedIn(TodokuError):
    """No session, or one that is no longer valid."""


class TryLater(TodokuError):
    """A service behind us cannot answer now. Nothing is lost; ask again after ``seconds``."""

    def __init__(self, seconds: int = 5) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


class UnreadableRecord(TryLater):
    """A record of a later release, or a damaged one. It waits for the release that reads it."""

    def __init__(self) -> None:
        super().__init__(300)


class OutcomeUnknown(TodokuError):
    """The answer of a call that must not be blindly repeated was lost: it may have worked."""


RACE_TRIES = 8
"""How often whoever lost a race reads again and decides again; then it is ``TryLater``."""


class Raced(TodokuError):
    """Somebody else wrote the same record first: read it again and decide again."""
