"""One job from the queue to whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.clock import Clock
from chalicelib.errors import TryLater
from chalicelib.jobs import Job, Jobs
from chalicelib.verification.remove_user import RemoveUser
from chalicelib.verification.sign_up import CodeIssuer

TRIES = 20
"""How often a job goes back because a service was busy; then it ends with the dead letters."""


class UnknownJob(Exception):
    """A job of no known kind: it belongs with the dead letters."""


@dataclass(frozen=True, kw_only=True)
class JobHandler:
    """Does a job, and puts it back for later when its time has not come."""

    issue: CodeIssuer
    remove: RemoveUser
    jobs: Jobs
    clock: Clock

    def __call__(self, job: Job) -> None:
        """Do it, or put it back for when its time has come or the service behind is free again.

        Raises ``OutcomeUnknown``, after ``TRIES`` also ``TryLater`` (the queue brings it again),
        and ``UnknownJob``.
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
            case "issue":
                return self.issue.first(job.reference)
            case "resend":
                return self.issue.again(job.reference, job.n)
            case "reissue":
                return self.issue.reissue(job.reference)
            case "renew":
                return self.issue.renew(job.reference)
            case "remove":
                return self.remove(job.reference)
            case _:
                raise UnknownJob(job.kind)
