"""Verification of a code: the right one proves the address.

Every code typed makes the same calls, whoever owns the address. The attempt is counted before
Cognito is asked, so that a hundred guesses at once are still five.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.clock import Clock, next_utc_day
from chalicelib.errors import (
    AccountExists,
    CodeExpired,
    CodeMismatch,
    Conflict,
    Displaced,
    NoRegistration,
    TooManyAttempts,
    TryLater,
)
from chalicelib.identity import ownership
from chalicelib.identity.codes import normalise_code
from chalicelib.identity.ownership import Owners
from chalicelib.identity.user_pool import AlreadyConfirmed, Users, UserState
from chalicelib.jobs import Job, JobKind, Jobs
from chalicelib.limits.code_attempts import CODES_A_DAY, FREE_CODES, codes_left, next_code
from chalicelib.limits.counters import Counters
from chalicelib.verification import transitions
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import OPEN, Attempt, AttemptState, Registration, Registrations
from chalicelib.verification.record_proof import RecordProof

_PROVEN = (AttemptState.VERIFIED, AttemptState.COMPLETED)


@dataclass(frozen=True, kw_only=True)
class VerifyCode:
    """``POST /registrations/current/verification``."""

    registrations: Registrations
    owners: Owners
    record_proof: RecordProof
    counters: Counters
    users: Users
    jobs: Jobs
    lookup: Lookup
    clock: Clock

    def __call__(self, token: str | None, typed: str) -> Registration:
        """Prove the address with the code that was typed.

        Raises ``Invalid``, ``NoRegistration``, ``CodeMismatch``, ``CodeExpired``,
        ``AccountExists``, ``TooManyAttempts``, ``TryLater``, ``Conflict``.
        """
        code = normalise_code(typed)
        registration = self.lookup.registration(token)
        attempt = registration.attempt
        if attempt.state in _PROVEN:
            return registration
        registration = self._count(attempt.reference)
        attempt = registration.attempt
        if attempt.state in _PROVEN:
            return registration  # by the same code, sent twice at once
        try:
            self._confirm(attempt, code)
        except CodeMismatch:
            raise self._mismatch(registration) from None
        except TryLater:
            # Cognito did not look at the code: the applicant keeps the attempt.
            tried = registration.wrong[-1]
            self.registrations.change(
                attempt.reference, lambda r: transitions.code_forgiven(r, tried)
            )
            raise
        except CodeExpired:
            if attempt.code_expires_at is None:
                # None has come yet: Cognito calls the code of a user that it does not have
                # expired, and to believe it would keep the sweeper from asking for one.
                raise self._mismatch(registration) from None
            now = self.clock()
            self.registrations.change(
                attempt.reference, lambda r: transitions.code_died(r, attempt.reference, now)
            )
            raise
        return self.record_proof(attempt)

    def _mismatch(self, registration: Registration) -> CodeMismatch:
        return CodeMismatch(codes_left(registration.wrong, self.clock()))

    def _count(self, reference: str) -> Registration:
        """Take one attempt of the registration's and of the address's, if one is needed."""
        now = self.clock()

        def take(registration: Registration) -> Registration:
            if registration.current == reference and registration.attempt.state in _PROVEN:
                return registration
            until = next_code(registration.wrong, now)
            if until > now:
                raise TooManyAttempts(until)
            if registration.current != reference or registration.attempt.state not in OPEN:
                raise Conflict("corrected or cancelled meanwhile")
            return transitions.code_tried(registration, now)

        registration = self.registrations.change(reference, take)
        if registration is None:
            raise NoRegistration()
        if registration.attempt.state in _PROVEN:
            return registration
        attempt = registration.attempt
        if attempt.signup_at is None:
            # No code exists that could be guessed: a stranger whose mail still waits must not
            # use up what the owner may try.
            return registration
        own = len(registration.wrong) <= FREE_CODES
        within = self.counters.code_tried(attempt.address, now, CODES_A_DAY)
        if not within and not own:
            raise TooManyAttempts(next_utc_day(now))
        return registration

    def _confirm(self, attempt: Attempt, code: str) -> None:
        reference = attempt.reference
        try:
            self.users.confirm(reference, code, take_over=False)
        except AlreadyConfirmed:
            # A right code was entered before and the answer, or what follows, was lost. Only
            # this registration's cookie could have entered it.
            self._believe(reference)
        except AccountExists:
            before = self._take(attempt)
            with suppress(AlreadyConfirmed):
                self.users.confirm(reference, code, take_over=True)
            if before is not None and before != reference:
                self.jobs.put(Job(JobKind.REMOVE_USER, before), self.clock() + timedelta(seconds=5))

    def _believe(self, reference: str) -> None:
        match self.users.state(reference):
            case UserState.PROVEN:
                return
            case UserState.DISPLACED:
                raise Displaced()
            case _:
                # Cognito uses the same error for a client secret that is not ours.
                raise TryLater()

    def _take(self, attempt: Attempt) -> str | None:
        """Take the address from an owner who never finished; who that was.

        Raises ``AccountExists`` when the owner did.
        """
        now = self.clock()
        before: list[str | None] = [None]

        def take(owner: ownership.MaybeOwner) -> ownership.MaybeOwner:
            before[0] = owner.reference if owner else None
            return ownership.taken_over(owner, attempt.reference, now)

        self.owners.change(attempt.address, take)
        return before[0]
