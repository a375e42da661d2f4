"""An applicant changes their mind: what we know of them goes."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.errors import NoRegistration, Raced, TryLater
from chalicelib.registration import attempts, limits
from chalicelib.registration.interfaces import TRIES, Clock, Job, Jobs, Mailboxes, Registrations
from chalicelib.registration.lookup import Lookup
from chalicelib.registration.model import State
from chalicelib.registration.queueing import queue_or_leave


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """``DELETE /registrations/current``."""

    registrations: Registrations
    mailboxes: Mailboxes
    jobs: Jobs
    lookup: Lookup
    clock: Clock

    def __call__(self, token: str | None) -> None:
        """Forget the registration; its user is removed by the worker.

        A completed one is only forgotten by this browser: the account stays. Raises
        ``NoRegistration``.
        """
        for _ in range(TRIES):
            now = self.clock()
            seen = self.lookup.seen(token)
            if seen is None:
                raise NoRegistration()
            attempt = seen.registration.attempt
            if attempt.state is State.COMPLETED:
                self.registrations.forget(seen.registration)
                return
            mailbox = self.mailboxes.get(attempt.limit)
            returned = limits.give_back(mailbox.mailbox, attempt.reference, now)
            boxes = [] if returned is mailbox.mailbox else [mailbox.becoming(returned)]
            try:
                self.registrations.save(attempts.cancelled(seen.registration), seen, *boxes)
            except Raced:
                continue
            queue_or_leave(self.jobs, Job("remove", attempt.reference), now)
            return
        raise TryLater(1)
