"""Putting a job on the queue after its record was written."""

from __future__ import annotations

import logging
from datetime import datetime

from chalicelib.errors import TryLater
from chalicelib.registration.interfaces import Job, Jobs

log = logging.getLogger(__name__)


def queue_or_leave(jobs: Jobs, job: Job, at: datetime) -> None:
    """Queue ``job``, or leave it to the sweeper when the queue cannot answer.

    The record already says what is to be done, so the request is accepted and must be answered
    as such: to refuse it now would lose its cookie, and the mail would belong to nobody.
    """
    try:
        jobs.put(job, at)
    except TryLater:
        log.warning("the queue did not take %s for %s", job.kind, job.reference)
