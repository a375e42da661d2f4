"""Verification of a code: the right one proves the address.

Every code typed makes the same calls, whoever owns the address. The attempt is counted before
Cognito is asked, so that a hundred guesses at once are still five.
"""

from __future__ import annotations

import hmac
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from chalicelib.clock import Clock, japan_day, next_japan_day
from chalicelib.errors import (
    AccountExists,
    CodeExpired,
    CodeMismatch,
    Conflict,
    Displaced,
    Invalid,
    InvalidField,
    NoRegistration,
    TodokuError,
    TooManyAttempts,
    TryLater,
)
from chalicelib.identity import ownership
from chalicelib.identity.codes import DIGITS, normalise_code
from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.identity.ownership import LEASE, MaybeOwner, Owner, Owners
from chalicelib.identity.user_pool import AlreadyConfirmed, Users, UserState
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits import counters as holders
from chalicelib.limits.code_attempts import CODES_A_DAY, FREE_CODES, codes_left, next_code
from chalicelib.limits.counters import Counters
from chalicelib.limits.network import count_confirmed
from chalicelib.verification import transitions
from chalicelib.verification.cookie_token import (
    RegistrationWithToken,
    Token,
    exchanged,
    parse_token,
    renewed,
)
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.mail_turn import MailTurn, unused_place
from chalicelib.verification.model import OPEN, Attempt, AttemptState, Registration, Registrations
from chalicelib.verification.note_displaced import note_displaced

_PROVEN = (AttemptState.VERIFIED, AttemptState.COMPLETED)


@dataclass(frozen=True, kw_only=True)
class VerifyCode:
    """``POST /registrations/current/verification``."""

    registrations: Registrations
    owners: Owners
    counters: Counters
    users: Users
    jobs: Jobs
    lookup: Lookup
    turn: MailTurn
    clock: Clock
    pepper: bytes

    def __call__(self, token: str | None, typed: str) -> RegistrationWithToken:
        """Prove the address with the code that was typed; from here on under a new token.

        The right code once more, with the token before, has the same answer for some minutes.
        Raises ``Invalid``, ``NoRegistration``, ``CodeMismatch``, ``CodeExpired``,
        ``AccountExists``, ``TooManyAttempts``, ``TryLater``, ``Conflict``.
        """
        code = normalise_code(typed)
        held, seen = parse_token(token), self.lookup.seen(token)
        if held is None or seen is None:
            return self._again(token, code)
        attempt = seen.registration.attempt
        if attempt.state in _PROVEN:
            return RegistrationWithToken(seen.registration, str(held))
        if attempt.handed_over and attempt.code_expires_at is None:
            # A new one was asked for. Whether the one that was mailed still works nobody knows:
            # whoever types it must not pay for that.
            raise TryLater()
        _check_length(attempt, code)
        proof = self._proof(attempt.reference, code)
        resolved = self._resolved(attempt, proof)
        registration = self._count(attempt, proof if resolved else None)
        if registration.attempt.state in _PROVEN:
            return self._again(token, code)  # by the same code, sent twice at once
        if not resolved:
            raise self._mismatch(registration)
        try:
            self._confirm(attempt, code)
        except (CodeMismatch, CodeExpired, AccountExists, TryLater) as error:
            raise self._answered(registration, proof, error) from None
        return self._record(attempt, held, proof)

    def _again(self, token: str | None, code: str) -> RegistrationWithToken:
        """The answer to a code that proved the address, and whose answer was lost.

        Guessing it would yield the new token, so the tries are counted, by a count of their own.
        """
        held, seen = parse_token(token), self.lookup.renewed(token)
        if held is None or seen is None or seen.registration.attempt.state not in _PROVEN:
            raise NoRegistration()
        reference, now = seen.registration.current, self.clock()

        def take(registration: Registration) -> Registration:
            renewal = registration.renewal
            if renewal is None or now >= renewal.until:
                raise NoRegistration()
            if renewal.tries >= FREE_CODES:
                raise TooManyAttempts(renewal.until)
            return replace(registration, renewal=replace(renewal, tries=renewal.tries + 1))

        registration = self.registrations.change(reference, take)
        if registration is None or registration.renewal is None:
            raise NoRegistration()
        after = exchanged(registration, held, self._proof(reference, code), self.pepper, now)
        if after is None:
            raise CodeMismatch(FREE_CODES - registration.renewal.tries)
        return RegistrationWithToken(registration, str(after))

    def _proof(self, reference: str, code: str) -> str:
        return keyed_hash(self.pepper, "code", f"{reference}:{code}")

    def _mismatch(self, registration: Registration) -> CodeMismatch:
        return CodeMismatch(codes_left(registration.wrong, self.clock()))

    def _resolved(self, attempt: Attempt, proof: str) -> bool:
        """Whether it is known what became of the code that was tried before this one.

        Its answer may have been lost. If it was the right one, Cognito looks at no other any
        more, and only that one proves the address.
        """
        tried = attempt.trying
        if tried is None or tried.proof == proof:
            return True
        if (left := tried.at + LEASE - self.clock()) > timedelta(0):
            raise TryLater(math.ceil(left.total_seconds()))
        match self.users.state(attempt.reference):
            case UserState.PROVEN:
                return False
            case UserState.DISPLACED:
                raise self._displaced(attempt)
            case _:
                return True

    def _count(self, attempt: Attempt, proof: str | None) -> Registration:
        """Take one attempt of the registration's and of the address's, if one is needed.

        ``proof``: of the code that is tried now; ``None``: it is not.
        """
        now, reference = self.clock(), attempt.reference

        def take(registration: Registration) -> Registration:
            current = registration.attempt
            if registration.current == reference and current.state in _PROVEN:
                return registration
            until = next_code(registration.wrong, now)
            if until > now:
                raise TooManyAttempts(until)
            if registration.current != reference or current.state not in OPEN:
                raise Conflict("corrected or cancelled meanwhile")
            if current.trying != attempt.trying and (
                current.trying is None or current.trying.proof != proof
            ):
                raise TryLater(2)  # another code at the same moment
            counted = transitions.code_tried(registration, now)
            return transitions.code_trying(counted, proof, now) if proof else counted

        registration = self.registrations.change(reference, take)
        if registration is None:
            raise NoRegistration()
        if registration.attempt.state in _PROVEN or attempt.signup_at is None:
            # Without a sign-up no code exists that could be guessed: a stranger whose mail still
            # waits must not use up what the owner may try.
            return registration
        own = len(registration.wrong) <= FREE_CODES
        holder = holders.codes(attempt.limit)
        within = self.counters.take(holder, japan_day(now), tried=CODES_A_DAY)
        if not within and not own:
            raise TooManyAttempts(next_japan_day(now))
        self.counters.add(holder, None, tried=1)
        return registration

    def _answered(self, registration: Registration, proof: str, error: TodokuError) -> TodokuError:
        """Take note of what Cognito said of the code that was tried; what the applicant is told."""
        reference, now = registration.current, self.clock()
        expires = registration.attempt.code_expires_at
        tried = registration.wrong[-1]

        def note(found: Registration) -> Registration:
            if isinstance(error, TryLater):
                # Cognito did not look at the code, as far as we know: the applicant keeps the
                # attempt, and the same code may be tried once more.
                return transitions.code_forgiven(found, tried)
            found = transitions.code_answered(found, reference, proof)
            if isinstance(error, AccountExists) and (own := found.attempts.get(reference)):
                found = found.with_attempt(replace(own, account_exists=True))
            if isinstance(error, CodeExpired) and expires is not None:
                return transitions.code_died(found, reference, expires, now)
            return found

        self.registrations.change(reference, note)
        # Where none has come yet, Cognito calls the code of a user that it does not have expired;
        # to believe it would keep the sweeper from asking for one.
        if isinstance(error, CodeMismatch) or (isinstance(error, CodeExpired) and expires is None):
            return self._mismatch(registration)
        return error

    def _confirm(self, attempt: Attempt, code: str) -> None:
        reference = attempt.reference
        code, tail = code[:DIGITS], code[DIGITS:]
        if attempt.code_expires_at is None or not hmac.compare_digest(tail, attempt.code_tail):
            # None was mailed yet: whoever types one now guesses, at what may have more digits.
            raise CodeMismatch(0)
        try:
            self.users.confirm(reference, code, take_over=False)
        except AlreadyConfirmed:
            # By this same code, whose answer was lost or is still to come. Had it been another,
            # ``_resolved`` would know, or ``_record`` finds that one noted.
            self._believe(attempt)
        except AccountExists:
            self._take_over(attempt, code)

    def _take_over(self, attempt: Attempt, code: str) -> None:
        """Take the address from a user who never finished; who did, the pool itself is asked.

        Nothing is taken before the pool has said that the code is right: until then there is a
        lease. Raises ``AccountExists`` when the other did finish.
        """
        reference, now = attempt.reference, self.clock()
        holder = self.users.holder(attempt.email)
        if holder is not None and holder.finished:
            raise AccountExists()
        before = holder.reference if holder else reference
        self.owners.change(
            attempt.address, lambda owner: ownership.takeover(owner, before, reference, now)
        )
        try:
            with suppress(AlreadyConfirmed):
                self.users.confirm(reference, code, take_over=True)
        except (CodeMismatch, CodeExpired):
            self.owners.change(attempt.address, lambda owner: ownership.not_taken(owner, reference))
            raise
        if before != reference:
            job = Job(JobKind.REMOVE_USER, before)
            queue_or_leave(self.jobs, job, now, now + timedelta(seconds=5))

    def _believe(self, attempt: Attempt) -> None:
        match self.users.state(attempt.reference):
            case UserState.PROVEN:
                return
            case UserState.DISPLACED:
                raise self._displaced(attempt)
            case _:
                # Cognito uses the same error for a client secret that is not ours.
                raise TryLater()

    def _is_proven(self, reference: str) -> bool:
        return self.users.state(reference) is UserState.PROVEN

    def _displaced(self, attempt: Attempt) -> Displaced:
        """Another proved the address since, which this browser is told."""
        note_displaced(self.registrations, self.owners, self.jobs, attempt, self.clock())
        return Displaced()

    def _record(self, attempt: Attempt, token: Token, proof: str) -> RegistrationWithToken:
        """What is written once the pool says that the address is proven: the owner first, then
        the registration under its new token. Safe to repeat after a crash in between."""
        reference, now = attempt.reference, self.clock()

        def own(owner: MaybeOwner) -> Owner:
            # Asked after the record was read: who takes the address over writes there first.
            if ownership.contested(owner, reference) and not self._is_proven(reference):
                raise Displaced()
            return ownership.proven(owner, reference, now)

        try:
            self.owners.change(attempt.address, own)
        except Displaced:
            raise self._displaced(attempt) from None

        proves = [False]

        def prove(registration: Registration) -> Registration:
            proven = transitions.verified(registration, reference, now)
            proves[0] = proven is not registration
            if not proves[0]:
                return registration
            tried = registration.attempts[reference].trying
            if tried is None or tried.proof != proof:
                # It was another code that the pool confirmed while this one was on its way.
                raise self._mismatch(registration)
            return renewed(proven, token, proof, self.pepper, now)

        registration = self.registrations.change(reference, prove)
        if registration and proves[0]:
            with suppress(TryLater):  # one that is not counted does no harm
                network = registration.network_of(attempt)
                # Of an earlier day nothing is outstanding any more.
                same_day = japan_day(attempt.asked_at) == japan_day(now)
                again = attempt.mails - 1 if same_day else 0
                count_confirmed(self.counters, network, attempt.domain, now, again)
            with suppress(TryLater):
                if unused_place(registration.attempts[reference], now):
                    self.turn.give_back(reference, now)
        after = registration and exchanged(registration, token, proof, self.pepper, now)
        if registration is None or after is None:
            raise NoRegistration()
        return RegistrationWithToken(registration, str(after))


def _check_length(attempt: Attempt, code: str) -> None:
    """Raises ``Invalid`` for a code that cannot be the attempt's: it costs no attempt."""
    if len(code) != DIGITS + len(attempt.code_tail):
        raise Invalid(
            InvalidField("code", "not-ten-digits" if attempt.code_tail else "not-six-digits")
        )
