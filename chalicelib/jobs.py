"""Jobs: messages of the two queues, how one is put there after its record was written, and done.

``jobs`` is what the function ``work`` does; ``resends`` are mails to send again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.clock import Clock
from chalicelib.errors import TryLater

log = logging.getLogger(__name__)


class JobKind(StrEnum):
    """What the worker is to do with an attempt, by its reference.

    The values are what stands on the queue, where an earlier or a later release reads them: they
    never change.
    """

    SIGN_UP = "issue"
    SEND_AGAIN = "resend"
    """Mail ``n``: the code it has, or a new one when that has expired."""
    REISSUE_LOST = "reissue"
    """A new code: the one that Cognito issued never came to us, or has expired."""
    REISSUE_UNREADABLE = "renew"
    """A new code, although the one before would still work: it cannot be decrypted any more."""
    REMOVE_USER = "remove"
    MARK_FINISHED = "finish"
    """The user pool is to know that the account is made."""


class Job(Struct, frozen=True):
    """A message of the queue ``jobs``."""

    kind: JobKind
    reference: str
    n: int = 1
    """Which mail of the attempt, where one is to be sent."""
    tries: int = 0
    """How often it went back because a service was busy."""
    code: datetime | None = None
    """Until when the code was to work that cannot be read, where that is what it is about."""


class MailAgain(Struct, frozen=True):
    """A message of the queue ``resends``: mail ``n`` of an attempt, with the code it has.

    ``n`` 0 is the first mail itself, which could not be sent yet.
    """

    reference: str
    n: int


LONGEST_DELAY = timedelta(minutes=15)
"""How long a queue can hold a message back."""


LONGEST_REST = timedelta(days=20)
"""How far ahead a mail's turn may be: later, its record would be forgotten before it."""


class Jobs(Protocol):
    """The queues. A message may come twice, and late. Methods raise ``TryLater``.

    Implemented by ``aws.queue.SqsJobs``.
    """

    def put(self, job: Job, at: datetime | None = None) -> None:
        """Have ``job`` done, not before ``at`` as far as the queue can wait."""

    def put_all(self, jobs: Sequence[tuple[Job, datetime | None]]) -> list[Job]:
        """``put`` for many, in few calls; returns those that the queue did not take."""

    def send_again(self, mail: MailAgain) -> None:
        """Have ``mail`` sent."""


def rests(at: datetime, now: datetime) -> bool:
    """Whether a job for ``at`` rests in its record until the sweeper queues it.

    A queue cannot wait that long, and Lambda stops a function that keeps putting a message back
    on its own queue.
    """
    return at > now + LONGEST_DELAY


def queue_or_leave(jobs: Jobs, job: Job, now: datetime, at: datetime | None = None) -> None:
    """Queue ``job``, or leave it to the sweeper: when it ``rests``, or the queue cannot answer.

    The record already says what is to be done, so the request is accepted and must be answered
    as such: an error now would lose its cookie, and the mail would belong to nobody.
    """
    if at and rests(at, now):
        return
    try:
        jobs.put(job, at)
    except TryLater:
        log.warning("the queue did not take %s for %s", job.kind.name, job.reference)


BUSY_TRIES = 20
"""How often a job goes back because a service was busy; then it ends with the dead letters."""


def do_or_put_back(
    job: Job, step: Callable[[Job], datetime | None], jobs: Jobs, clock: Clock
) -> None:
    """Do a job by its ``step``, or put it back for when it is to come again.

    ``step`` returns when its time is, or ``None`` when it is done. One whose time is far ahead
    ``rests``. What it raises comes through, but ``TryLater`` only after ``BUSY_TRIES``: the queue
    brings it again.
    """
    try:
        again = step(job)
    except TryLater as busy:
        if job.tries >= BUSY_TRIES:
            raise
        job = replace(job, tries=job.tries + 1)
        again = clock() + timedelta(seconds=busy.seconds)
    if again is not None and not rests(again, clock()):
        jobs.put(job, again)
