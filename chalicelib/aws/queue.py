"""SQS queues: jobs, and mails to send again."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.aws.errors import aws_errors
from chalicelib.clock import Clock
from chalicelib.errors import OutcomeUnknown, TryLater
from chalicelib.jobs import Job, MailAgain

LONGEST = 900
"""Seconds a message can be delayed; a job for later is put back when it comes too early."""


class SqsJobs:
    """Puts jobs on ``jobs`` and mails to send again on ``resends`` (their URLs)."""

    def __init__(self, client: Callable[[], Any], jobs: str, resends: str, clock: Clock) -> None:
        self._client = client
        self._jobs = jobs
        self._resends = resends
        self._clock = clock

    def put(self, job: Job, at: datetime | None = None) -> None:
        """Raises ``TryLater``; a job that came twice does no harm."""
        wait = math.ceil((at - self._clock()).total_seconds()) if at else 0
        self._send(self._jobs, msgspec.json.encode(job), min(max(wait, 0), LONGEST))

    def send_again(self, mail: MailAgain) -> None:
        """Raises ``TryLater``."""
        self._send(self._resends, msgspec.json.encode(mail), 0)

    def _send(self, queue: str, body: bytes, delay: int) -> None:
        try:
            with aws_errors():
                self._client().send_message(
                    QueueUrl=queue, MessageBody=body.decode(), DelaySeconds=delay
                )
        except OutcomeUnknown:
            raise TryLater() from None
