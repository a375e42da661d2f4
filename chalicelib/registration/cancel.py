"""Cancel a registration: what we know of the applicant goes."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.clock import Clock
from chalicelib.errors import RACE_TRIES, NoRegistration, Raced, TryLater
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits.mailbox import Mailboxes, give_back
from chalicelib.verification import transitions
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import AttemptState, Registrations


@dataclass(frozen=True, kw_only=True)
class CancelRegistration:
    """``DELETE /registrations/current``."""

    registrations: Registrations
    mailboxes: Mailboxes
    jobs: Jobs
    lookup: Lookup
    clock: Clock

    def __call__(self, token: str | None) -> None:
        """Forget the registration; its user is removed by the worker.

        A completed one is only forgotten by this browser: the account stays. Raises
        ``NoRegistration``, ``TryLater``.
        """
        for _ in range(RACE_TRIES):
            now = self.clock()
            seen = self.lookup.seen(token)
            if seen is None:
                raise NoRegistration()
            attempt = seen.registration.attempt
            if attempt.state is AttemptState.COMPLETED:
                if not attempt.known_finished:
                    # The sweeper will not see it any more.
                    self.jobs.put(Job(JobKind.MARK_FINISHED, attempt.reference))
                try:
                    self.registrations.forget(seen)
                except Raced:
                    continue
                return
            mailbox = self.mailboxes.get(attempt.limit)
            returned = give_back(mailbox.mailbox, attempt.reference, now)
            boxes = [] if returned is mailbox.mailbox else [mailbox.becoming(returned)]
            try:
                self.registrations.save(transitions.cancelled(seen.registration), seen, *boxes)
            except Raced:
                continue
            queue_or_leave(self.jobs, Job(JobKind.REMOVE_USER, attempt.reference), now)
            return
        raise TryLater(1)
