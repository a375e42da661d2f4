"""Sweeper: each minute, mend what a crash, a lost message or an outage left behind, and queue the
jobs that rested.

It does nothing itself but put jobs on the queue, and jobs are safe to do twice. It notes that it
has looked at a row before it queues the row's jobs: where nothing can be written, a queue that
nobody gets through would grow each minute. Jobs that are lost in between, with the process or
because the queue does not take them, wait for the next look: ``AGAIN``, or ``UNSENT`` for the mail
of a code that is here.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.clock import HOUR, MINUTE, Clock
from chalicelib.errors import Raced, TodokuError, TryLater
from chalicelib.jobs import Job, JobKind, Jobs
from chalicelib.verification import transitions
from chalicelib.verification.due import LOST_AGAIN, QUEUED_AHEAD, UNSENT, due, is_unsent
from chalicelib.verification.model import Attempt, AttemptState, Registration, Seen

log = logging.getLogger(__name__)

UNREADABLE_AGAIN = HOUR
"""When a row that could not be read is looked at again, and the alarm rings again."""

A_WRITE = 25
"""Rows that are noted in one write: one that somebody else has just written spoils it for the
others."""
A_FEW = 3
"""Rows of a page that cannot be written before it is thought to be the table, and the others wait
for the next round."""

TimedJob = tuple[Job, datetime | None]
"""A job, and when it is to be done."""


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
        """Write what was seen as it is now: all of up to ``A_WRITE`` rows, or none. Raises
        ``Raced`` where somebody else wrote one of them meanwhile."""

    def put_aside(self, id: str, until: datetime) -> None:
        """Have a row that cannot be read be due ``until`` then, and not before."""


class UnreadableRows(TodokuError):
    """Rows that are no registration to the sweeper, by their ids. Everything else was mended."""


def jobs_for(registration: Registration, now: datetime) -> list[TimedJob]:
    """What is to be done about each attempt, as things stand, and when."""
    found = (_job(registration, attempt, now) for attempt in registration.attempts.values())
    return [job for job in found if job is not None]


def swept(registration: Registration, now: datetime) -> Registration:
    """The registration once it was looked at; its jobs go on the queue."""
    queued = {job.reference for job, _ in jobs_for(registration, now)}
    attempts = {
        r: replace(a, resting=a.resting and r not in queued)
        for r, a in registration.attempts.items()
    }
    return replace(registration, attempts=attempts, swept_at=now)


def _job(registration: Registration, attempt: Attempt, now: datetime) -> TimedJob | None:
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


def _when_late(job: Job, attempt: Attempt, now: datetime) -> TimedJob | None:
    at = attempt.expected_at or attempt.asked_at
    is_time = at - QUEUED_AHEAD <= now if attempt.resting else at + MINUTE < now
    return (job, at) if is_time else None


def _for_the_code(attempt: Attempt, now: datetime) -> TimedJob | None:
    asked_at = attempt.code_asked_at or attempt.asked_at
    if attempt.code_expires_at is None:
        # Cognito issued a code, but the trail has no record: its event was lost. Another.
        lost = now >= asked_at + (LOST_AGAIN if attempt.reissued_at else MINUTE)
        return (Job(JobKind.REISSUE_LOST, attempt.reference), None) if lost else None
    if is_unsent(attempt) and now < attempt.code_expires_at and now >= asked_at + UNSENT:
        return Job(JobKind.SEND_AGAIN, attempt.reference, attempt.mails), None
    return None


class _Row(Struct, frozen=True):
    """A row that is due."""

    seen: Seen
    after: Registration
    jobs: list[TimedJob]


def _look(seen: Seen, now: datetime) -> _Row | None:
    """``None`` where the index was behind. Raises whatever it may for what is no registration."""
    registration = seen.registration
    if any(r != attempt.reference for r, attempt in registration.attempts.items()):
        raise ValueError("an attempt under another's reference")
    if registration.current not in registration.attempts:
        raise ValueError("no current attempt")
    moment = due(registration)
    if moment is None or moment > now:
        return None
    return _Row(seen, swept(registration, now), jobs_for(registration, now))


@dataclass
class _Round:
    """What came of a round so far."""

    now: datetime
    put: int = 0
    unreadable: list[str] = field(default_factory=list)
    defects: list[Exception] = field(default_factory=list)


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
        another. Raises ``UnreadableRows`` after the round, and what is a defect of ours.
        """
        this = _Round(self.clock())
        shards = self.index.shards()
        first = int(this.now.timestamp() // 60) % len(shards)
        turns: deque[tuple[str, Any]] = deque((s, None) for s in shards)
        turns.rotate(-first)
        while turns and self.clock() < until:
            shard, after = turns.popleft()
            try:
                page = self.index.page(shard, this.now, after)
                self._mend(page, this)
            except TodokuError as error:
                log.warning("shard %s was not swept to its end: %s", shard, type(error).__name__)
            except Exception as error:
                log.exception("shard %s was not swept to its end", shard)
                this.defects.append(error)
            else:
                if page.more is not None:
                    turns.append((shard, page.more))
        if turns:
            log.warning("the round ended before everything due was swept")
        if this.unreadable:
            raise UnreadableRows(f"registrations cannot be read: {', '.join(this.unreadable)}")
        if this.defects:
            raise this.defects[0]
        return this.put

    def _mend(self, page: DuePage, this: _Round) -> None:
        """Raises ``TryLater`` where ``A_FEW`` rows could not be written, after the others."""
        for id in page.unreadable:
            self._put_aside(id, this)
        rows = list(self._due(page.found, this))
        settled, refused = self._settle(rows, this)
        jobs = [job for row in settled for job in row.jobs]
        left = len(self.jobs.put_all(jobs))
        this.put += len(jobs) - left
        if left:
            log.warning("the queue did not take %d jobs", left)
        if refused >= A_FEW:
            raise TryLater()

    def _due(self, found: Sequence[Seen], this: _Round) -> Iterator[_Row]:
        for seen in found:
            try:
                row = _look(seen, this.now)
            except Exception:
                # A row that reads as a registration and is none; not even that stops the others.
                self._put_aside(seen.registration.id, this)
                continue
            if row is not None:
                yield row

    def _settle(self, rows: Sequence[_Row], this: _Round) -> tuple[list[_Row], int]:
        """Those that were written, and how many could not be."""
        settled: list[_Row] = []
        refused = 0
        for first in range(0, len(rows), A_WRITE):
            part = rows[first : first + A_WRITE]
            try:
                self.index.settle([(row.seen, row.after) for row in part])
            except Exception:
                # Whatever it was, it may be one row's alone.
                for row in part:
                    if refused >= A_FEW:
                        return settled, refused
                    written = self._settle_one(row, this)
                    settled += [row] if written else []
                    refused += written is None
            else:
                settled += part
        return settled, refused

    def _settle_one(self, row: _Row, this: _Round) -> bool | None:
        """Whether it was written; ``None`` where it could not be."""
        try:
            self.index.settle([(row.seen, row.after)])
        except Raced:
            return False  # whoever was faster has written when it is due next
        except TryLater:
            return None
        except Exception:
            self._put_aside(row.seen.registration.id, this)
            return None
        return True

    def _put_aside(self, id: str, this: _Round) -> None:
        log.error("registration %s cannot be read", id)
        this.unreadable.append(id)
        try:
            self.index.put_aside(id, this.now + UNREADABLE_AGAIN)
        except Exception as error:
            log.warning("registration %s was not put aside: %s", id, type(error).__name__)
