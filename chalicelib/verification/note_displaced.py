"""Note that an attempt is displaced: its code was right, and another proved the address since."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from chalicelib.errors import Conflict, NoRegistration
from chalicelib.identity import ownership
from chalicelib.identity.ownership import Owners
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.verification import transitions
from chalicelib.verification.model import Attempt, Registrations


def note_displaced(
    registrations: Registrations, owners: Owners, jobs: Jobs, attempt: Attempt, now: datetime
) -> None:
    """Have the password page say so, from where its browser may begin anew, while no code could
    ever come for this user, which is to go. The cookie stays as it is: no password is set with it.

    The owner's record does not name it any more, as it still does where the process that displaced
    it was killed before it wrote: by that record is decided whether a browser may begin anew.
    """
    reference = attempt.reference
    owners.change(attempt.address, lambda owner: ownership.without(owner, reference))
    with suppress(Conflict, NoRegistration):
        registrations.change(reference, lambda r: transitions.verified(r, reference, now))
    queue_or_leave(jobs, Job(JobKind.REMOVE_USER, reference), now)
