"""SQS poller: receives a queue's messages and invokes the function mapped to it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import math
import threading
from typing import Any

from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid
from moto.sqs.models import sqs_backends

from local.account import ACCOUNT, REGION, STACK
from local.app_functions import Authorize, EventSourceMapping
from local.executor import Executor
from local.lambda_service import LambdaService

log = logging.getLogger("local.sqs")

POLLER_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
"""Permissions that Lambda's pollers need of the function's role."""
DEFAULT_CONCURRENCY = 4
"""Concurrent batches of one queue (Lambda begins with five pollers)."""
POLL_INTERVAL = 0.05
"""Seconds between polls of a queue that nobody has written to: delayed messages come due."""


class SqsPoller:
    """Poller of one event source mapping, in a thread of its own.

    Messages the function names in ``batchItemFailures`` (all, when it raises) come again
    after ``retry_after`` seconds instead of the queue's visibility timeout, until the redrive
    policy takes them away.
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        functions: LambdaService,
        executor: Executor,
        lock: threading.RLock,
        retry_after: float,
        authorize: Authorize,
    ) -> None:
        self._function = mapping.function
        self._batch = mapping.batch_size
        self._functions = functions
        self._executor = executor
        self._backend = sqs_backends[ACCOUNT][REGION]
        self._name = f"{STACK}-{mapping.queue}"
        self._arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self._name}"
        self._lock = lock
        self._retry_after = math.ceil(retry_after)
        self._slots = threading.Semaphore(mapping.max_concurrency or DEFAULT_CONCURRENCY)
        self._authorize = authorize
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"poll-{mapping.queue}", daemon=True)

    def start(self) -> None:
        """Start polling. Raises what ``authorize`` does: Lambda creates no such mapping."""
        for action in POLLER_ACTIONS:
            self._authorize(self._function, f"sqs:{action}", self._arn)
        self._thread.start()

    def wake(self) -> None:
        """Poll at once: there may be a message."""
        self._wake.set()

    def stop(self) -> None:
        """Receive no more messages."""
        self._stopped.set()
        self._wake.set()
        self._thread.join(1)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()
            while self._slots.acquire(timeout=POLL_INTERVAL):
                messages = [] if self._stopped.is_set() else self._receive()
                if not messages:
                    self._slots.release()
                    break
                self._submit(messages)
            self._wake.wait(POLL_INTERVAL)

    def _receive(self) -> list[Any]:
        with self._lock:
            queue: Any = self._backend.get_queue(self._name)
            timeout = int(queue.visibility_timeout)
            found: list[Any] = self._backend.receive_message(self._name, self._batch, 0, timeout)
            return found

    def _submit(self, messages: list[Any]) -> None:
        def task() -> None:
            try:
                self._invoke(messages)
            finally:
                self._slots.release()
                self._wake.set()

        self._executor.submit(task)

    def _invoke(self, messages: list[Any]) -> None:
        event = {"Records": [self._record(message) for message in messages]}
        try:
            result = self._functions.invoke(self._function, event) or {}
            failed = {it["itemIdentifier"] for it in result.get("batchItemFailures", [])}
        except Exception:
            log.exception("%s failed for a batch of %s", self._function, self._name)
            failed = {message.id for message in messages}
        for message in messages:
            # Gone meanwhile, perhaps: the clock was put forward and another batch had it.
            with self._lock, contextlib.suppress(ReceiptHandleIsInvalid, InvalidParameterValue):
                handle = message.receipt_handle
                if message.id in failed:
                    self._backend.change_message_visibility(self._name, handle, self._retry_after)
                else:
                    self._backend.delete_message(self._name, handle)

    def _record(self, message: Any) -> dict[str, Any]:
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.approximate_receive_count),
                "SentTimestamp": str(int(message.sent_timestamp)),
                "SenderId": "AIDALOCAL",
                "ApproximateFirstReceiveTimestamp": str(
                    int(message.approximate_first_receive_timestamp)
                ),
            },
            "messageAttributes": {},
            "md5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": REGION,
        }
