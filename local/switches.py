"""Switches for delays, errors, the clock and more: ``/local/switches``."""

from __future__ import annotations

import threading
from typing import Annotated, Any, Literal

import msgspec

from local.clock import Clock

Delay = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
"""Delay in milliseconds before a service does anything."""
Fault = Literal["throttle", "unavailable", "lose_response"] | None
"""Injected fault. ``lose_response``: the call works, then the connection breaks."""


class InvalidSetting(Exception):
    """Invalid value of a switch or a provider's rule; the message says why."""


class SwitchValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of all switches."""

    cognito_ms: Delay = 0
    ses_ms: Delay = 0
    dynamodb_ms: Delay = 0
    sqs_ms: Delay = 0
    kms_ms: Delay = 0
    cognito_fail: Fault = None
    ses_fail: Fault = None
    dynamodb_fail: Fault = None
    sqs_fail: Fault = None
    kms_fail: Fault = None
    dns_fail: bool = False
    """MX look-ups fail."""
    clock_offset_s: float = 0
    """Seconds the clock of application and AWS side is ahead."""
    triggers: bool = True
    """False: what Cognito should have invoked asynchronously is lost."""
    ses_per_second: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """The SES account's sending rate; ``None``: no limit."""

    def delay(self, service: str) -> float:
        """Delay of ``service`` in seconds."""
        return float(getattr(self, f"{service}_ms", 0)) / 1000

    def fault(self, service: str) -> Fault:
        """Fault of ``service``, if any."""
        fault: Fault = getattr(self, f"{service}_fail", None)
        return fault


class Switches:
    """The switches of one AWS side."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.values = SwitchValues()

    def set(self, **changes: Any) -> SwitchValues:
        """Change some switches; the rest stays. Raises ``InvalidSetting``."""
        return self._change(changes)

    def _change(self, changes: dict[str, Any]) -> SwitchValues:
        with self._lock:
            now = msgspec.structs.asdict(self.values) | {"clock_offset_s": self._clock.offset}
            try:
                values = msgspec.convert({**now, **changes}, SwitchValues)
            except msgspec.ValidationError as error:
                raise InvalidSetting(f"{error}. Known switches: {', '.join(now)}") from None
            self.values = values
            if values.clock_offset_s != self._clock.offset:
                self._clock.set_offset(values.clock_offset_s)
            return values

    def put(self, body: bytes) -> SwitchValues:
        """The same from a JSON object. Raises ``InvalidSetting``."""
        try:
            changes = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise InvalidSetting(f"The body is no JSON object: {error}") from None
        return self._change(changes)

    def now(self) -> SwitchValues:
        """Current values, the clock's offset included, whoever moved it."""
        return msgspec.structs.replace(self.values, clock_offset_s=self._clock.offset)

    def reset(self) -> SwitchValues:
        """Set all switches to their defaults."""
        return self.set(**msgspec.structs.asdict(SwitchValues()))
