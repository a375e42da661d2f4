"""Lambda: invokes an application's functions, synchronously or asynchronously."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.account import STACK, function_arn
from local.app_functions import AppFunctions, Handler
from local.executor import Executor
from local.scheduler import Scheduler

log = logging.getLogger("local.lambda")


DEFAULT_RETRIES = 2
"""Retries of an asynchronous invocation, unless an EventInvokeConfig says otherwise."""


@dataclass(frozen=True)
class EventInvokeConfig:
    """Configuration of a function's asynchronous invocations."""

    retries: int = DEFAULT_RETRIES
    """How often an event is tried again before it is dropped."""
    on_failure: Callable[[Any], None] = lambda record: None
    """On-failure destination: takes the record of a dropped event."""


@dataclass(frozen=True)
class FailedInvocation:
    """An asynchronous invocation that failed after its last retry."""

    function: str
    event: Any
    error: str


class LambdaContext:
    """Lambda's context object."""

    memory_limit_in_mb = 512
    function_version = "$LATEST"

    def __init__(self, function: str, arn: str, seconds: float = 60) -> None:
        self.function_name = function
        self.invoked_function_arn = arn
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{function}"
        self.log_stream_name = "local"
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's time is up."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


class LambdaService:
    """Invokes an application's functions, by logical id (``SendCode``) or ARN."""

    def __init__(
        self,
        app_functions: AppFunctions,
        executor: Executor,
        scheduler: Scheduler,
        retry_after: float,
    ) -> None:
        """``retry_after``: seconds before an asynchronous invocation is tried again (Lambda
        waits a minute, then two; nobody wants to here)."""
        self._executor = executor
        self._scheduler = scheduler
        self._retry_after = retry_after
        self.failures: deque[FailedInvocation] = deque(maxlen=1000)
        """Failed invocations, oldest first."""
        self._dropped = threading.Condition()
        self._idle = threading.Condition()
        self._running = 0
        self.event_invoke_configs: dict[str, EventInvokeConfig] = {}
        """By logical id; a function without one has the default."""
        self._handlers: dict[str, Handler] = dict(app_functions.handlers)
        self.arns = {name: function_arn(name) for name in self._handlers}
        self._names = {arn: name for name, arn in self.arns.items()}

    def invoke(self, name: str, event: Any) -> Any:
        """Invoke a function by logical id, and return its result. What it raises comes through."""
        with self._idle:
            self._running += 1
        try:
            return self._handlers[name](event, LambdaContext(f"{STACK}-{name}", self.arns[name]))
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def wait_until_idle(self, timeout: float = 2.0) -> None:
        """Return once no function runs, or after ``timeout`` seconds.

        Before the clock is put forward: whoever sees a mail and does so at once does not mean that
        a minute passes in the function that is just noting it.
        """
        with self._idle:
            self._idle.wait_for(lambda: not self._running, timeout)

    def invoke_async(self, arn: str, event: Any) -> None:
        """Invoke a function by ARN asynchronously, with retries."""
        name = self._names[arn]
        self._try(name, event, self._config_of(name).retries)

    def wait_for_failures(self, count: int, timeout: float = 10) -> None:
        """Return once so many are in ``failures``. Raises ``TimeoutError`` after ``timeout`` s."""
        with self._dropped:
            if not self._dropped.wait_for(lambda: len(self.failures) >= count, timeout):
                raise TimeoutError(f"{len(self.failures)} of {count} invocations were dropped")

    def _config_of(self, name: str) -> EventInvokeConfig:
        return self.event_invoke_configs.get(name, EventInvokeConfig())

    def _try(self, name: str, event: Any, left: int) -> None:
        def attempt() -> None:
            try:
                self.invoke(name, event)
            except Exception as error:
                log.exception("%s failed, %d tries left", name, left)
                if left:
                    self._scheduler.call_later(
                        self._retry_after, lambda: self._try(name, event, left - 1)
                    )
                else:
                    self._drop(name, event, error)

        self._executor.submit(attempt)

    def _drop(self, name: str, event: Any, error: Exception) -> None:
        payload = {"errorType": type(error).__name__, "errorMessage": str(error)}
        context = {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{self.arns[name]}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": self._config_of(name).retries + 1,
        }
        record = {
            "version": "1.0",
            "requestContext": context,
            "requestPayload": event,
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "responsePayload": payload,
        }
        self._config_of(name).on_failure(record)
        with self._dropped:
            self.failures.append(FailedInvocation(name, event, f"{type(error).__name__}: {error}"))
            self._dropped.notify_all()
