"""Mark finished: the user pool itself is to know which users set a password.

A job after the password, not a part of it: what it calls has a quota of its own, fixed by Cognito,
that an applicant should not wait for.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.identity.user_pool import NoUser, Users
from chalicelib.verification import transitions
from chalicelib.verification.lookup import find_attempt
from chalicelib.verification.model import AttemptState, Registrations


@dataclass(frozen=True, kw_only=True)
class MarkFinished:
    """Has the pool know of an account that was made. Safe to repeat."""

    registrations: Registrations
    users: Users

    def __call__(self, reference: str) -> None:
        """Raises ``TryLater`` and ``OutcomeUnknown``: the queue brings the job back.

        A registration that its browser has forgotten meanwhile was completed too.
        """
        found = find_attempt(self.registrations, reference)
        if found and found[1].state is not AttemptState.COMPLETED:
            return
        with suppress(NoUser):  # deleted since
            self.users.mark_finished(reference)
        self.registrations.change(reference, lambda r: transitions.known_finished(r, reference))
