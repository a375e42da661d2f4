"""Note that an attempt is displaced: its code was right, and another proved the address since."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from chalicelib.errors import Conflict, NoRegistration
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.verification import transitions
from chalicelib.verification.model import Registrations


def note_displaced(registrations: Registrations, jobs: Jobs, reference: str, now: datetime) -> None:
    """Have the password page say so, from where its browser may begin anew, while no code could
    ever come for this user, which is to go. The cookie stays as it is: no password is set with it.
    """
    with suppress(Conflict, NoRegistration):
        registrations.change(reference, lambda r: transitions.verified(r, reference, now))
    queue_or_leave(jobs, Job(JobKind.REMOVE_USER, reference), now)
