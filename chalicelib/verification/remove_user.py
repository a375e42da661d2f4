"""Removal of users that nobody needs any more, and of the records about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.clock import Clock
from chalicelib.errors import Raced, TryLater
from chalicelib.identity.ownership import LEASE, Owner, Owners, owns
from chalicelib.identity.user_pool import Users
from chalicelib.verification import transitions
from chalicelib.verification.mail_turn import MailTurn
from chalicelib.verification.model import Attempt, AttemptState, Registration, Registrations
from chalicelib.verification.reconcile_owner import ReconcileOwner

WORKER_RUNS = timedelta(minutes=2)
"""Longer than the worker runs: a ``SignUp`` that began this long ago is not under way."""


@dataclass(frozen=True, kw_only=True)
class RemoveUser:
    """Removes the user of an attempt that was corrected, cancelled, displaced or never used."""

    registrations: Registrations
    owners: Owners
    users: Users
    reconcile_owner: ReconcileOwner
    turn: MailTurn
    clock: Clock

    def __call__(self, reference: str) -> datetime | None:
        """Remove it unless it is somebody's account or may still become one.

        Returns when to come again while its ``SignUp`` may still be under way, else ``None``.
        Raises ``TryLater`` and ``OutcomeUnknown``; safe to repeat.
        """
        seen = self.registrations.find(reference)
        if seen is None or reference not in seen.registration.attempts:
            return None
        attempt = seen.registration.attempts[reference]
        if attempt.signup_at is not None:
            # An account stays one, though its owner's record was lost.
            self.reconcile_owner(attempt)
        owner = self.owners.get(attempt.address)
        if not self._may_go(seen.registration, attempt, owner):
            return None
        if attempt.signup_at is not None:
            settled = attempt.signed_up_at or attempt.signup_at + WORKER_RUNS
            if settled > self.clock():
                return settled
            self.users.remove(reference)
        if attempt.state is AttemptState.VOID:
            self.turn.give_back(reference, self.clock())
        if transitions.displaced(owner, attempt) and not transitions.outlived(
            attempt, self.clock()
        ):
            # Its browser is still to be told that another proved the address later.
            return None
        if owns(owner, reference) and not self.owners.forget(attempt.address, owner):
            raise TryLater(1)
        self._forget(reference)
        return None

    def _forget(self, reference: str) -> None:
        """Take the attempt away; its registration too if there is nothing else in it, and if that
        one may still go: while the pool was asked, another mail may have been."""
        seen = self.registrations.find(reference)
        if seen is None:
            return
        registration = seen.registration
        if registration.current != reference or len(registration.attempts) > 1:
            self.registrations.change(reference, lambda r: r.without(reference))
            return
        attempt = registration.attempt
        if not self._may_go(registration, attempt, self.owners.get(attempt.address)):
            return
        try:
            self.registrations.forget(seen)
        except Raced:
            raise TryLater(1) from None

    def _may_go(self, registration: Registration, attempt: Attempt, owner: Owner | None) -> bool:
        now = self.clock()
        if owner is not None and owner.reference == attempt.reference:
            if owner.finished:
                return False
            if owner.completing_at is not None and now < owner.completing_at + LEASE:
                return False
        if attempt.state is AttemptState.VOID or registration.current != attempt.reference:
            return True
        return transitions.displaced(owner, attempt) or transitions.outlived(attempt, now)
