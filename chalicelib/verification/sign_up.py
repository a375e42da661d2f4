"""Sign up an attempt in the user pool, which issues its code: the worker's first step.

A job may come twice, late, or after a crash between any two lines; every step here is safe to
repeat, and ``SignUp`` is never repeated before the user pool was asked what it knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import Clock
from chalicelib.courier.provider import NoSuchMailDomain, ProviderLookup
from chalicelib.errors import OutcomeUnknown
from chalicelib.identity.user_pool import AddressRefused, UserExists, Users, UserState
from chalicelib.verification import transitions
from chalicelib.verification.lookup import current_attempt
from chalicelib.verification.mail_turn import MailTurn, not_yet
from chalicelib.verification.model import AttemptState, Registration, Registrations
from chalicelib.verification.reconcile_owner import ReconcileOwner


@dataclass(frozen=True, kw_only=True)
class SignUp:
    """Has a code issued for a queued attempt."""

    registrations: Registrations
    turn: MailTurn
    users: Users
    clock: Clock
    provider: ProviderLookup
    reconcile_owner: ReconcileOwner

    def __call__(self, reference: str) -> datetime | None:
        """Sign the attempt up. Returns when to come again, or ``None`` when it is done.

        Raises ``TryLater`` and ``OutcomeUnknown``: the queue brings the job back.
        """
        attempt = current_attempt(self.registrations, reference, AttemptState.QUEUED)
        if attempt is None:
            return None
        now = self.clock()
        provider = attempt.provider
        refused_at = attempt.no_such_domain_at
        if refused_at and attempt.mail_asked_at <= refused_at:
            return None  # the job came twice
        if attempt.signup_at is None:
            # Before the budget is asked: a mail that never leaves takes no place in it.
            try:
                provider = self.provider.provider_of(attempt.email.rpartition("@")[2])
            except NoSuchMailDomain:
                self.registrations.change(
                    reference, lambda r: transitions.no_such_domain(r, reference, now)
                )
                return None
        if wait := not_yet(attempt, now):
            return wait
        # First all that may have to be tried again, then the place, then what the code's life
        # counts from.
        self.reconcile_owner(attempt)
        if wait := self.turn.take(reference, now):
            return wait
        # Where the pool knows nobody, no call before has issued a code whose life counts.
        anew = attempt.signup_at is None or self.users.state(reference) is UserState.NONE
        known = self.registrations.change(
            reference, lambda r: transitions.signing_up(r, reference, provider, now, anew=anew)
        )
        current = known.attempts.get(reference) if known else None
        if known is None or current is None or current.state is not AttemptState.QUEUED:
            return None
        if anew:
            self._sign_up(known, reference)
        # If it was corrected or cancelled while Cognito was busy, its remove job waits for this.
        self.registrations.change(
            reference, lambda r: transitions.signed_up(r, reference, self.clock())
        )
        return None

    def _sign_up(self, registration: Registration, reference: str) -> None:
        try:
            self.users.sign_up(reference, registration.attempts[reference].email)
        except UserExists:
            pass  # an earlier try of ours got through
        except OutcomeUnknown:
            if self.users.state(reference) is UserState.NONE:
                raise
        except AddressRefused:
            self.registrations.change(
                reference, lambda r: transitions.address_refused(r, reference)
            )
            self.turn.give_back(reference, self.clock())
