"""Reissue: a new code, where the one before expired, was lost, or cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import Clock
from chalicelib.errors import OutcomeUnknown, TryLater
from chalicelib.identity.codes import IN_TRANSIT
from chalicelib.identity.ownership import Owners
from chalicelib.identity.user_pool import AlreadyConfirmed, Users, UserState
from chalicelib.jobs import Jobs
from chalicelib.verification import transitions
from chalicelib.verification.begin_anew import BeginAnew
from chalicelib.verification.lookup import current_attempt
from chalicelib.verification.model import Attempt, AttemptState, Registrations
from chalicelib.verification.note_displaced import note_displaced


@dataclass(frozen=True, kw_only=True)
class Reissue:
    """``ResendConfirmationCode``: the code before is dead from here on."""

    registrations: Registrations
    owners: Owners
    users: Users
    jobs: Jobs
    clock: Clock
    begin_anew: BeginAnew

    def __call__(self, reference: str) -> datetime | None:
        """A new code, because the one before expired or was lost on its way to us.

        Not before the one asked for last has come, or is lost: this would kill that one's mail.
        Returns when to come again, or ``None`` when it is done.
        """
        attempt = current_attempt(self.registrations, reference, AttemptState.AWAITING_CODE)
        if attempt is None:
            return None
        now = self.clock()
        if attempt.code_expires_at is not None and attempt.code_expires_at > now:
            return None
        if wait := unsettled(attempt, now):
            return wait
        changed = self.registrations.change(
            reference, lambda r: transitions.reissuing(r, attempt, now)
        )
        noted = changed.attempts.get(reference) if changed else None
        if noted is None or noted.reissued_at != now:
            return None
        try:
            self.users.reissue(reference)
        except AlreadyConfirmed:
            self._after_a_proof(attempt)
        except TryLater:
            self.registrations.change(
                reference, lambda r: transitions.not_reissued(r, attempt, now)
            )
            raise
        except OutcomeUnknown:
            # It may be on its way; asked for again if it has not come by then.
            return now + IN_TRANSIT
        return None

    def unreadable(self, reference: str, code: datetime | None) -> datetime | None:
        """A new code although the one before would still work: it cannot be read any more.

        ``code``: until when that one was to work, by which it is known. Another one that came
        since is left alone, however late the job comes again; without it, whichever lives.
        """
        now = self.clock()
        attempt = current_attempt(self.registrations, reference, AttemptState.AWAITING_CODE)
        if attempt is None:
            return None
        expires = attempt.code_expires_at
        if expires is not None and expires > now:
            if code != expires:
                return None
            self.registrations.change(
                reference, lambda r: transitions.code_died(r, reference, expires, now)
            )
        return self(reference)

    def _after_a_proof(self, attempt: Attempt) -> None:
        """A right code was entered, and the answer lost: for this user there is no code any more.
        Or the user itself is gone.

        Which browser entered it nobody knows, and its cookie was not renewed. So the address is
        proven once more, by a new user and its code, instead of leading on whoever has the cookie.
        """
        reference, now = attempt.reference, self.clock()
        match self.users.state(reference):
            case UserState.PROVEN | UserState.NONE:
                self.begin_anew(reference, AttemptState.AWAITING_CODE)
            case UserState.DISPLACED:
                note_displaced(self.registrations, self.owners, self.jobs, attempt, now)


def unsettled(attempt: Attempt, now: datetime) -> datetime | None:
    """Until when the new code asked for last may still be on its way.

    Also one that has come: what mails it may have failed after it was noted, and be tried again.
    """
    if attempt.reissued_at is None or now >= attempt.reissued_at + IN_TRANSIT:
        return None
    return attempt.reissued_at + IN_TRANSIT
