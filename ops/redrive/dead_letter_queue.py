"""A queue of dead letters in SQS: its messages, held while somebody decides about them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

HELD_FOR = 600
"""Seconds for which a message that was looked at is seen by nobody else. After a process that was
killed it is there again by itself."""
_BATCH = 10
"""Messages in one call, as many as SQS takes."""


@dataclass(frozen=True)
class Letter:
    """One message. ``body`` may hold an address."""

    id: str
    handle: str
    body: str
    sent_at: datetime


class DeadLetterQueue:
    """One queue, by its URL. A message goes from it only by ``delete``."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url
        self._held: dict[str, Letter] = {}

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._url.rpartition("/")[2]

    def held_by_others(self) -> int:
        """About how many messages a run holds that goes on, or was killed."""
        name = "ApproximateNumberOfMessagesNotVisible"
        read = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        return int(read["Attributes"][name])

    def hold(self) -> list[Letter]:
        """Every message that nobody holds, oldest first. ``release`` must follow in any case."""
        while True:
            read = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=HELD_FOR,
                # A second's wait asks all of SQS's servers: no message is no accident then.
                WaitTimeSeconds=1,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
            messages = read.get("Messages", [])
            for message in messages:
                sent = int(message["Attributes"]["SentTimestamp"]) / 1000
                self._held[message["MessageId"]] = Letter(
                    message["MessageId"],
                    message["ReceiptHandle"],
                    message["Body"],
                    datetime.fromtimestamp(sent, UTC),
                )
            if not messages:
                return sorted(self._held.values(), key=lambda letter: letter.sent_at)

    def delete(self, letter: Letter) -> None:
        """Take a message away that was brought back."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=letter.handle)
        del self._held[letter.id]

    def release(self) -> None:
        """Let go of what is still held. Where AWS does not answer, it is there again by itself."""
        left = list(self._held.values())
        self._held.clear()
        with suppress(BotoCoreError, ClientError):
            for start in range(0, len(left), _BATCH):
                self._make_visible(left[start : start + _BATCH])

    def _make_visible(self, letters: Sequence[Letter]) -> None:
        entries = [
            {"Id": str(number), "ReceiptHandle": letter.handle, "VisibilityTimeout": 0}
            for number, letter in enumerate(letters)
        ]
        self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
