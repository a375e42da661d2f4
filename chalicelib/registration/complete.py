"""Complete a registration: a proven address gets its password, its browser is signed in.

The steps may stop anywhere and be asked for again: nothing says "completed" before the tokens
are in hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.clock import JST, Clock
from chalicelib.errors import (
    AlreadyCompleted,
    Conflict,
    Displaced,
    NoRegistration,
    OutcomeUnknown,
    TryLater,
)
from chalicelib.identity import ownership
from chalicelib.identity.ownership import Owners
from chalicelib.identity.passwords import check_password, normalise_password
from chalicelib.identity.user_pool import NoUser, SessionTokens, Users, UserState, WrongPassword
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits.code_attempts import next_code
from chalicelib.verification import transitions
from chalicelib.verification.begin_anew import BeginAnew
from chalicelib.verification.cookie_token import EXCHANGED_FOR
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import Attempt, AttemptState, Registration, Registrations
from chalicelib.verification.note_displaced import note_displaced


@dataclass(frozen=True)
class CompletedRegistration:
    """The account is made and this browser is signed in."""

    registration: Registration
    tokens: SessionTokens


@dataclass(frozen=True, kw_only=True)
class CompleteRegistration:
    """``POST /registrations/current/account``."""

    registrations: Registrations
    owners: Owners
    users: Users
    jobs: Jobs
    begin_anew: BeginAnew
    lookup: Lookup
    clock: Clock
    service_names: Iterable[str]
    shortest_password: int

    def __call__(self, token: str | None, typed: str) -> CompletedRegistration:
        """Set the password that was typed. Only the cookie that entered the code may.

        Raises ``NoRegistration``, ``AlreadyCompleted``, ``Conflict`` when the code is still to
        come or another browser proved the address later, ``Invalid``, ``PasswordRefused``,
        ``TryLater``.
        """
        registration = self.lookup.registration(token)
        attempt = registration.attempt
        if attempt.state is AttemptState.COMPLETED:
            return self._again(registration, normalise_password(typed))
        if attempt.state is not AttemptState.VERIFIED:
            raise Conflict("the code comes first")
        reference, now = attempt.reference, self.clock()
        password, year = normalise_password(typed), now.astimezone(JST).year
        check_password(password, attempt.email, self.service_names, year, self.shortest_password)
        self.owners.change(
            attempt.address, lambda owner: ownership.completing(owner, reference, now)
        )
        try:
            self._look_for_user(attempt)
            self.users.set_password(reference, password)
            tokens = self.users.sign_in(reference, password)
            # Under a new pepper another's lease is on another record: the pool has the last word.
            self._look_for_user(attempt)
        except (OutcomeUnknown, WrongPassword):
            raise TryLater() from None
        except NoUser:
            # Deleted since the code was entered: the address is proven once more.
            self.begin_anew(reference, AttemptState.VERIFIED)
            raise Conflict("the user is gone") from None
        self.owners.change(attempt.address, lambda owner: ownership.finished(owner, reference))
        done = self.registrations.change(
            reference, lambda r: transitions.completed(r, reference, now)
        )
        if done is None:
            raise NoRegistration()
        queue_or_leave(self.jobs, Job(JobKind.MARK_FINISHED, reference), now)
        return CompletedRegistration(done, tokens)

    def is_displaced(self, registration: Registration) -> bool:
        """Whether a password would be refused because another browser proved the address later."""
        attempt = registration.attempt
        return transitions.displaced(self.owners.get(attempt.address), attempt)

    def _again(self, registration: Registration, password: str) -> CompletedRegistration:
        """The answer to a password that was set and whose answer was lost: it signs in.

        Raises ``AlreadyCompleted`` for any other, later, and after some guesses.
        """
        attempt, now = registration.attempt, self.clock()
        if attempt.completed_at is None or now >= attempt.completed_at + EXCHANGED_FOR:
            raise AlreadyCompleted()

        def counted(found: Registration) -> Registration:
            if next_code(found.wrong, now) > now:
                raise AlreadyCompleted()
            return transitions.code_tried(found, now)

        self.registrations.change(attempt.reference, counted)
        try:
            tokens = self.users.sign_in(attempt.reference, password)
        except OutcomeUnknown:
            raise TryLater() from None
        except WrongPassword:
            raise AlreadyCompleted() from None
        return CompletedRegistration(registration, tokens)

    def _look_for_user(self, attempt: Attempt) -> None:
        """Raises ``NoUser``, and ``Displaced`` when the address is another's by now."""
        match self.users.state(attempt.reference):
            case UserState.PROVEN:
                return
            case UserState.DISPLACED:
                note_displaced(self.registrations, self.owners, self.jobs, attempt, self.clock())
                raise Displaced()
            case _:
                raise NoUser()
