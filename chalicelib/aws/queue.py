"""SQS queues: jobs, and mails to send again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.aws.errors import aws_errors
from chalicelib.clock import Clock
from chalicelib.errors import TryLater
from chalicelib.jobs import LONGEST_DELAY, Job, MailAgain

A_BATCH = 10
"""Messages that SQS takes in one call."""


class SqsJobs:
    """Puts jobs on ``jobs`` and mails to send again on ``resends`` (their URLs)."""

    def __init__(self, client: Callable[[], Any], jobs: str, resends: str, clock: Clock) -> None:
        self._client = client
        self._jobs = jobs
        self._resends = resends
        self._clock = clock

    def put(self, job: Job, at: datetime | None = None) -> None:
        """Raises ``TryLater``; a job that came twice does no harm."""
        self._send(self._jobs, msgspec.json.encode(job), self._delay(at))

    def put_all(self, jobs: Sequence[tuple[Job, datetime | None]]) -> list[Job]:
        """Ten a call. What a busy SQS does not take is returned, and never raised."""
        left: list[Job] = []
        for first in range(0, len(jobs), A_BATCH):
            batch = jobs[first : first + A_BATCH]
            left += [batch[n][0] for n in self._not_taken(batch)]
        return left

    def send_again(self, mail: MailAgain) -> None:
        """Raises ``TryLater``."""
        self._send(self._resends, msgspec.json.encode(mail), 0)

    def _not_taken(self, batch: Sequence[tuple[Job, datetime | None]]) -> list[int]:
        entries = [
            {
                "Id": str(n),
                "MessageBody": msgspec.json.encode(job).decode(),
                "DelaySeconds": self._delay(at),
            }
            for n, (job, at) in enumerate(batch)
        ]
        try:
            with aws_errors(repeatable=True):
                answer = self._client().send_message_batch(QueueUrl=self._jobs, Entries=entries)
        except TryLater:
            return list(range(len(batch)))
        return [int(failed["Id"]) for failed in answer.get("Failed", ())]

    def _delay(self, at: datetime | None) -> int:
        wait = math.ceil((at - self._clock()).total_seconds()) if at else 0
        return min(max(wait, 0), int(LONGEST_DELAY.total_seconds()))

    def _send(self, queue: str, body: bytes, delay: int) -> None:
        with aws_errors(repeatable=True):
            self._client().send_message(
                QueueUrl=queue, MessageBody=body.decode(), DelaySeconds=delay
            )
