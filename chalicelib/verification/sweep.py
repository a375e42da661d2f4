"""Sweeper: each minute, mend what a crash, a lost message or an impatient applicant left behind.

It does nothing itself but put jobs on the queue, and jobs are safe to do twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.clock import MINUTE, Clock
from chalicelib.jobs import Job, JobKind, Jobs
from chalicelib.verification import transitions
from chalicelib.verification.model import Attempt, AttemptState, Registration, Registrations


def jobs_for(registration: Registration, now: datetime) -> list[Job]:
    """What is to be done about each attempt, as things stand."""
    return [j for a in registration.attempts.values() if (j := _job(registration, a, now))]


def _job(registration: Registration, attempt: Attempt, now: datetime) -> Job | None:
    reference = attempt.reference
    if attempt.state is AttemptState.VOID or transitions.outlived(attempt, now):
        return Job(JobKind.REMOVE_USER, reference)
    if registration.current != reference:
        return None
    if attempt.state is AttemptState.QUEUED:
        late = (attempt.expected_at or attempt.asked_at) + MINUTE < now
        return Job(JobKind.SIGN_UP, reference) if late else None
    if attempt.state is AttemptState.COMPLETED and not attempt.known_finished:
        return Job(JobKind.MARK_FINISHED, reference)
    if attempt.state is not AttemptState.AWAITING_CODE:
        return None
    if attempt.expected_at is not None:
        late = attempt.expected_at + MINUTE < now
        return Job(JobKind.SEND_AGAIN, reference, attempt.mails) if late else None
    signed_up = attempt.signup_at or attempt.asked_at
    if attempt.code_expires_at is None and attempt.reissued_at is None:
        # Cognito issued a code, but the trail has no record: its event was lost. Another, once.
        return Job(JobKind.REISSUE_LOST, reference) if signed_up + MINUTE <= now else None
    return None


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """The minute's round."""

    registrations: Registrations
    jobs: Jobs
    clock: Clock

    def __call__(self) -> int:
        """Put jobs for everything that is due on the queue; returns how many."""
        now, put = self.clock(), 0
        for id in self.registrations.due(now):
            seen = self.registrations.get(id)
            if seen is None:
                continue
            for job in jobs_for(seen.registration, now):
                self.jobs.put(job)
                put += 1
            self.registrations.change(seen.registration.current, lambda r: replace(r, swept_at=now))
        return put
