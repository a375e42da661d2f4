"""One job from the queue to whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.clock import Clock
from chalicelib.errors import TryLater
from chalicelib.jobs import Job, JobKind, Jobs
from chalicelib.verification.remove_user import RemoveUser
from chalicelib.verification.sign_up import CodeIssuer

TRIES = 20
"""How often a job goes back because a service was busy; then it ends with the dead letters."""


@dataclass(frozen=True, kw_only=True)
class JobHandler:
    """Does a job, and puts it back for later when its time has not come."""

    issue: CodeIssuer
    remove: RemoveUser
    jobs: Jobs
    clock: Clock

    def __call__(self, job: Job) -> None:
        """Do it, or put it back for when its time has come or the service behind is free again.

        Raises ``OutcomeUnknown``, and after ``TRIES`` also ``TryLater``: the queue brings it again.
        """
        try:
            again = self._done(job)
        except TryLater as busy:
            if job.tries >= TRIES:
                raise
            job = replace(job, tries=job.tries + 1)
            again = self.clock() + timedelta(seconds=busy.seconds)
        if again is not None:
            self.jobs.put(job, again)

    def _done(self, job: Job) -> datetime | None:
        match job.kind:
            case JobKind.SIGN_UP:
                return self.issue.first(job.reference)
            case JobKind.SEND_AGAIN:
                return self.issue.again(job.reference, job.n)
            case JobKind.REISSUE_LOST:
                return self.issue.reissue(job.reference)
            case JobKind.REISSUE_UNREADABLE:
                return self.issue.renew(job.reference)
            case JobKind.REMOVE_USER:
                return self.remove(job.reference)
