"""Sweeper: each minute, mend what a crash, a lost message or an outage left behind, and queue the
jobs that rested.

It does nothing itself but put jobs on the queue, and jobs are safe to do twice.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.clock import HOUR, MINUTE, Clock
from chalicelib.errors import TodokuError
from chalicelib.jobs import Job, JobKind, Jobs
from chalicelib.verification import transitions
from chalicelib.verification.due import LOST_AGAIN, QUEUED_AHEAD, UNSENT, due, is_unsent
from chalicelib.verification.model import Attempt, AttemptState, Registration, Seen

log = logging.getLogger(__name__)

UNREADABLE_AGAIN = HOUR
"""When a row that could not be read is looked at again, and the alarm rings again."""


class DuePage(Struct, frozen=True):
    """Some of what is due in a shard of the index."""

    found: Sequence[Seen]
    unreadable: Sequence[str]
    """Ids of rows that are no registration, or one of a later release."""
    more: Any
    """Where the next page begins; ``None`` after the last."""


class DueIndex(Protocol):
    """What the sweeper should look at, and what it has looked at. Methods raise ``TryLater``.

    Implemented by ``aws.due_index.DueTable``.
    """

    def shards(self) -> Sequence[str]:
        """The parts that the index is spread over."""

    def page(self, shard: str, now: datetime, after: Any = None) -> DuePage:
        """What is due by ``now``, the longest first."""

    def settle(self, swept: Sequence[tuple[Seen, Registration]]) -> None:
        """Write what was seen as it is now; not where somebody else wrote meanwhile."""

    def put_aside(self, id: str, until: datetime) -> None:
        """Have a row that cannot be read be due ``until`` then, and not before."""


class UnreadableRows(TodokuError):
    """Rows that the sweeper could not read, by their ids. Everything else was mended."""


def jobs_for(registration: Registration, now: datetime) -> list[tuple[Job, datetime | None]]:
    """What is to be done about each attempt, as things stand, and when."""
    found = (_job(registration, attempt, now) for attempt in registration.attempts.values())
    return [job for job in found if job is not None]


def swept(registration: Registration, now: datetime) -> Registration:
    """The registration after its jobs were put on the queue."""
    queued = {job.reference for job, _ in jobs_for(registration, now)}
    attempts = {
        r: replace(a, resting=a.resting and r not in queued)
        for r, a in registration.attempts.items()
    }
    return replace(registration, attempts=attempts, swept_at=now)


def _job(
    registration: Registration, attempt: Attempt, now: datetime
) -> tuple[Job, datetime | None] | None:
    reference = attempt.reference
    if attempt.state is AttemptState.VOID or transitions.outlived(attempt, now):
        return Job(JobKind.REMOVE_USER, reference), None
    if registration.current != reference:
        return None
    if attempt.state is AttemptState.COMPLETED:
        return None if attempt.known_finished else (Job(JobKind.MARK_FINISHED, reference), None)
    if attempt.is_refused:
        return None
    if attempt.state is AttemptState.QUEUED:
        return _when_late(Job(JobKind.SIGN_UP, reference, attempt.mails), attempt, now)
    if attempt.state is not AttemptState.AWAITING_CODE:
        return None
    if attempt.expected_at is not None:
        return _when_late(Job(JobKind.SEND_AGAIN, reference, attempt.mails), attempt, now)
    return _for_the_code(attempt, now)


def _when_late(job: Job, attempt: Attempt, now: datetime) -> tuple[Job, datetime | None] | None:
    at = attempt.expected_at or attempt.asked_at
    is_time = at - QUEUED_AHEAD <= now if attempt.resting else at + MINUTE < now
    return (job, at) if is_time else None


def _for_the_code(attempt: Attempt, now: datetime) -> tuple[Job, datetime | None] | None:
    asked_at = attempt.code_asked_at or attempt.asked_at
    if attempt.code_expires_at is None:
        # Cognito issued a code, but the trail has no record: its event was lost. Another.
        lost = now >= asked_at + (LOST_AGAIN if attempt.reissued_at else MINUTE)
        return (Job(JobKind.REISSUE_LOST, attempt.reference), None) if lost else None
    if is_unsent(attempt) and now < attempt.code_expires_at and now >= asked_at + UNSENT:
        return Job(JobKind.SEND_AGAIN, attempt.reference, attempt.mails), None
    return None


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """The minute's round."""

    index: DueIndex
    jobs: Jobs
    clock: Clock

    def __call__(self, until: datetime) -> int:
        """Put jobs for what is due on the queue, as far as it goes ``until`` then; returns how
        many.

        The shards take turns, page by page, and another is first each minute: none waits for
        another. Raises ``UnreadableRows`` after the round.
        """
        now, put = self.clock(), 0
        shards = self.index.shards()
        first = int(now.timestamp() // 60) % len(shards)
        turns: deque[tuple[str, Any]] = deque((s, None) for s in shards)
        turns.rotate(-first)
        unreadable: list[str] = []
        while turns and self.clock() < until:
            shard, after = turns.popleft()
            try:
                page = self.index.page(shard, now, after)
                put += self._mend(page.found, now, unreadable)
                for id in page.unreadable:
                    self._put_aside(id, now, unreadable)
            except TodokuError as error:
                log.warning("shard %s was not swept to its end: %s", shard, type(error).__name__)
                continue
            if page.more is not None:
                turns.append((shard, page.more))
        if turns:
            log.warning("the round ended before everything due was swept")
        if unreadable:
            raise UnreadableRows(f"registrations cannot be read: {', '.join(unreadable)}")
        return put

    def _mend(self, found: Sequence[Seen], now: datetime, unreadable: list[str]) -> int:
        wanted: list[tuple[Job, datetime | None]] = []
        looked_at: list[Seen] = []
        for seen in found:
            try:
                moment = due(seen.registration)
                jobs = jobs_for(seen.registration, now)
            except Exception:
                # A row that reads as a registration and is none; not even that stops the others.
                self._put_aside(seen.registration.id, now, unreadable)
                continue
            if moment is not None and moment <= now:  # else the index is behind
                wanted += jobs
                looked_at.append(seen)
        left = {job.reference for job in self.jobs.put_all(wanted)}
        self.index.settle(
            [
                (seen, swept(seen.registration, now))
                for seen in looked_at
                if left.isdisjoint(seen.registration.attempts)
            ]
        )
        return len(wanted) - len(left)

    def _put_aside(self, id: str, now: datetime, unreadable: list[str]) -> None:
        log.error("registration %s cannot be read", id)
        unreadable.append(id)
        self.index.put_aside(id, now + UNREADABLE_AGAIN)
