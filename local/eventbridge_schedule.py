"""EventBridge schedules: functions invoked at a rate."""

from __future__ import annotations

import re
import uuid
from typing import Any

from local.clock import Clock
from local.lambda_service import LambdaService
from local.scheduler import Scheduler

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def rate_seconds(expression: str) -> int:
    """The period of ``rate(…)``. Raises ``ValueError`` for anything else (``cron`` is not
    needed yet)."""
    match = _RATE.fullmatch(expression)
    if match is None:
        raise ValueError(f"schedule {expression!r} is no rate(…)")
    return int(match[1]) * _SECONDS[match[2]]


class EventBridgeSchedule:
    """Schedule rule of one function, by the shared clock. A clock that jumps invokes once."""

    def __init__(
        self,
        function: str,
        expression: str,
        functions: LambdaService,
        scheduler: Scheduler,
        clock: Clock,
    ) -> None:
        self._arn = functions.arns[function]
        self._rule = f"{function}-schedule"
        self._period = rate_seconds(expression)
        self._functions = functions
        self._scheduler = scheduler
        self._clock = clock

    def start(self) -> None:
        """Schedule the first invocation, one period from now."""
        self._scheduler.call_later(self._period, self._tick)

    def _tick(self) -> None:
        self._scheduler.call_later(self._period, self._tick)
        self._functions.invoke_async(self._arn, self._event())

    def _event(self) -> dict[str, Any]:
        _, _, _, region, account, *_ = self._arn.split(":")
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": account,
            "time": self._clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": [f"arn:aws:events:{region}:{account}:rule/{self._rule}"],
            "detail": {},
        }
