"""Job handler: does a job from the queue, or puts it back for later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.clock import Clock
from chalicelib.errors import TryLater
from chalicelib.jobs import Job, JobKind, Jobs
from chalicelib.verification.reissue import Reissue
from chalicelib.verification.remove_user import RemoveUser
from chalicelib.verification.send_again import SendAgainJob
from chalicelib.verification.sign_up import SignUp

BUSY_TRIES = 20
"""How often a job goes back because a service was busy; then it ends with the dead letters."""


@dataclass(frozen=True, kw_only=True)
class JobHandler:
    """One step for each kind of job."""

    sign_up: SignUp
    send_again: SendAgainJob
    reissue: Reissue
    remove_user: RemoveUser
    jobs: Jobs
    clock: Clock

    def __call__(self, job: Job) -> None:
        """Do it, or put it back for when its time has come or the service behind is free again.

        Raises ``OutcomeUnknown``, and after ``BUSY_TRIES`` also ``TryLater``: the queue brings it
        again.
        """
        try:
            again = self._done(job)
        except TryLater as busy:
            if job.tries >= BUSY_TRIES:
                raise
            job = replace(job, tries=job.tries + 1)
            again = self.clock() + timedelta(seconds=busy.seconds)
        if again is not None:
            self.jobs.put(job, again)

    def _done(self, job: Job) -> datetime | None:
        match job.kind:
            case JobKind.SIGN_UP:
                return self.sign_up(job.reference)
            case JobKind.SEND_AGAIN:
                return self.send_again(job.reference, job.n)
            case JobKind.REISSUE_LOST:
                return self.reissue(job.reference)
            case JobKind.REISSUE_UNREADABLE:
                return self.reissue.unreadable(job.reference)
            case JobKind.REMOVE_USER:
                return self.remove_user(job.reference)
