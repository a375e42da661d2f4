"""One job from the queue to whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.registration.interfaces import Clock, Job, Jobs
from chalicelib.registration.issue import Issue
from chalicelib.registration.remove import Remove


class UnknownJob(Exception):
    """A job of no known kind: it belongs with the dead letters."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """Does a job, and puts it back for later when its time has not come."""

    issue: Issue
    remove: Remove
    jobs: Jobs
    clock: Clock

    def __call__(self, job: Job) -> None:
        """Raises ``TryLater``, ``OutcomeUnknown`` (the queue brings it again), ``UnknownJob``."""
        match job.kind:
            case "issue":
                again = self.issue.first(job.reference)
            case "resend":
                again = self.issue.again(job.reference, job.n)
            case "reissue":
                again = self.issue.reissue(job.reference)
            case "remove":
                again = self.remove(job.reference)
            case _:
                raise UnknownJob(job.kind)
        if again is not None:
            self.jobs.put(job, again)
