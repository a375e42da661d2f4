"""Putting a job on the queue after its record was written."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.errors import TryLater

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something for the worker. ``kind``: issue, resend (mail ``n``), reissue, renew or
    remove."""

    kind: str
    reference: str
    n: int = 1
    tries: int = 0
    """How often it went back because a service was busy."""


class Jobs(Protocol):
    """The queue. A job may come twice, and late."""

    def put(self, job: Job, at: datetime | None = None) -> None:
        """Have ``job`` done, not before ``at`` as far as the queue can wait (15 minutes)."""

    def send_again(self, reference: str, n: int) -> None:
        """Have mail ``n`` of ``reference`` sent with the code it already has."""


def queue_or_leave(jobs: Jobs, job: Job, at: datetime) -> None:
    """Queue ``job``, or leave it to the sweeper when the queue cannot answer.

    The record already says what is to be done, so the request is accepted and must be answered
    as such: to refuse it now would lose its cookie, and the mail would belong to nobody.
    """
    try:
        jobs.put(job, at)
    except TryLater:
        log.warning("the queue did not take %s for %s", job.kind, job.reference)
