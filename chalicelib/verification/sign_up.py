"""The worker's part: a queued registration becomes a user whose code Cognito issues.

A job may come twice, late, or after a crash between any two lines; every step here is safe to
repeat, and ``SignUp`` is never repeated before the user pool was asked what it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.clock import (
    Clock,
    next_utc_day,
)
from chalicelib.errors import Conflict, NoRegistration, OutcomeUnknown
from chalicelib.identity.interfaces import (
    AddressRefused,
    AlreadyConfirmed,
    UserExists,
    Users,
    UserState,
)
from chalicelib.jobs import Job, JobKind, Jobs, MailAgain
from chalicelib.limits.interfaces import (
    Counters,
)
from chalicelib.verification import transitions
from chalicelib.verification.interfaces import (
    Registrations,
)
from chalicelib.verification.model import Attempt, AttemptState, Registration
from chalicelib.verification.proof import Proofs

SETTLING = timedelta(minutes=1)
"""The least time between two new codes."""

ONCE = timedelta(minutes=15)
"""How long a job may come again: after its fifth time it is a dead letter."""


@dataclass(frozen=True, kw_only=True)
class CodeIssuer:
    """Has a code issued for a queued attempt, and reissued when it was lost or expired."""

    registrations: Registrations
    proofs: Proofs
    counters: Counters
    users: Users
    jobs: Jobs
    clock: Clock
    provider_of: Callable[[str], str | None]
    """From the domain of an address; never fails, never waits long."""
    mail_budget: int

    def first(self, reference: str) -> datetime | None:
        """Sign the attempt up. Returns when to come again, or ``None`` when it is done.

        Raises ``TryLater`` and ``OutcomeUnknown``: the queue brings the job back.
        """
        attempt = self._wanted(reference, AttemptState.QUEUED)
        if attempt is None:
            return None
        now = self.clock()
        if wait := self._turn(attempt, now):
            return wait
        provider = self.provider_of(attempt.email.rpartition("@")[2])
        known = self.registrations.change(
            reference, lambda r: transitions.signing_up(r, reference, provider, now)
        )
        if known is None or _state(known, reference) is not AttemptState.QUEUED:
            return None
        if attempt.signup_at is None or self.users.state(reference) is UserState.NONE:
            self._sign_up(reference, attempt.email)
        # If it was corrected or cancelled while Cognito was busy, its remove job waits for this.
        self.registrations.change(
            reference, lambda r: transitions.signed_up(r, reference, self.clock())
        )
        return None

    def again(self, reference: str, n: int) -> datetime | None:
        """Mail ``n`` of an attempt: the code it has, or a new one when that has expired.

        Returns when to come again, or ``None`` when it is done.
        """
        attempt = self._wanted(reference, AttemptState.AWAITING_CODE)
        if attempt is None:
            return None
        now = self.clock()
        expires = attempt.code_expires_at
        # Asked for and not here yet: it is on its way, or the worker died before it could ask.
        missing = expires is None and attempt.reissued_at is not None
        renewing = missing or (expires is not None and expires <= now)
        if renewing and (wait := _unsettled(attempt, now)):
            return wait
        if wait := self._turn(attempt, now):
            return wait
        if renewing:
            return self.reissue(reference)
        if (
            attempt.reissued_at
            and attempt.reissued_at + transitions.AT_ONCE >= attempt.mail_asked_at
        ):
            return None  # the new code's own mail is the one that was asked for
        self.jobs.send_again(MailAgain(reference, n))
        self.registrations.change(reference, lambda r: transitions.left(r, reference))
        return None

    def reissue(self, reference: str) -> datetime | None:
        """A new code, because the one before expired or was lost on its way to us.

        Not before the one asked for last has come, or is lost: this would kill that one's mail.
        """
        attempt = self._wanted(reference, AttemptState.AWAITING_CODE)
        if attempt is None:
            return None
        now = self.clock()
        if attempt.code_expires_at is not None and attempt.code_expires_at > now:
            return None
        if wait := _unsettled(attempt, now):
            return wait
        changed = self.registrations.change(
            reference, lambda r: transitions.reissuing(r, reference, now)
        )
        noted = changed.attempts.get(reference) if changed else None
        if noted is None or noted.reissued_at != now:
            return None
        try:
            self.users.reissue(reference)
        except AlreadyConfirmed:
            # A right code was entered and the answer was lost: only this registration's cookie
            # could have entered it, so it goes on to the password.
            self._roll_forward(attempt)
        return None

    def renew(self, reference: str) -> datetime | None:
        """A new code although the one before would still work: it cannot be read any more."""
        attempt, now = self._wanted(reference, AttemptState.AWAITING_CODE), self.clock()
        if attempt is None:
            return None
        works = attempt.code_expires_at is not None and attempt.code_expires_at > now
        if works and attempt.reissued_at is not None and now < attempt.reissued_at + ONCE:
            return None  # it has been renewed; this is the same job once more
        if works:
            self.registrations.change(reference, lambda r: transitions.code_died(r, reference, now))
        return self.reissue(reference)

    def _roll_forward(self, attempt: Attempt) -> None:
        reference, now = attempt.reference, self.clock()
        with suppress(Conflict, NoRegistration):
            match self.users.state(reference):
                case UserState.PROVEN:
                    self.proofs.record(attempt)
                case UserState.DISPLACED:
                    # Another proved the address since: the password page says so, while no code
                    # could ever come for this one.
                    self.registrations.change(
                        reference, lambda r: transitions.verified(r, reference, now)
                    )
                    self.jobs.put(Job(JobKind.REMOVE_USER, reference))

    def _wanted(self, reference: str, state: AttemptState) -> Attempt | None:
        """The attempt, if it is its registration's current one and in ``state``."""
        seen = self.registrations.find(reference)
        if seen is None or seen.registration.current != reference:
            return None
        attempt = seen.registration.attempt
        return attempt if attempt.state is state else None

    def _turn(self, attempt: Attempt, now: datetime) -> datetime | None:
        """When the mail's turn is, unless that is now; takes it from today's budget."""
        if attempt.expected_at and attempt.expected_at > now + transitions.AT_ONCE:
            return attempt.expected_at
        begun = attempt.state is AttemptState.QUEUED and attempt.signup_at is not None
        if begun or self.counters.mail_taken(now, self.mail_budget):
            return None
        tomorrow = next_utc_day(now)

        def postpone(registration: Registration) -> Registration:
            return transitions.postponed(registration, attempt.reference, tomorrow)

        self.registrations.change(attempt.reference, postpone)
        return tomorrow

    def _sign_up(self, reference: str, email: str) -> None:
        try:
            self.users.sign_up(reference, email)
        except UserExists:
            pass  # an earlier try of ours got through
        except OutcomeUnknown:
            if self.users.state(reference) is UserState.NONE:
                raise
        except AddressRefused:
            self.registrations.change(reference, lambda r: transitions.refused(r, reference))


def _unsettled(attempt: Attempt, now: datetime) -> datetime | None:
    """Until when the new code asked for last may still be on its way."""
    patience = transitions.PATIENCE if attempt.code_expires_at is None else SETTLING
    if attempt.reissued_at is None or now >= attempt.reissued_at + patience:
        return None
    return attempt.reissued_at + patience


def _state(registration: Registration, reference: str) -> AttemptState | None:
    attempt = registration.attempts.get(reference)
    return attempt.state if attempt else None
