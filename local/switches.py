"""Switches for delays, errors, the clock and more: ``/local/switches``."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from local.clock import Clock
from local.form_fields import changed
from local.setting_errors import invalid_setting, json_object

Delay = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
"""Delay in milliseconds before a service does anything."""
Offset = Annotated[float, msgspec.Meta(ge=-315_360_000, le=315_360_000)]
"""Seconds, up to ten years: what is kept for longer than that cannot be kept at all."""
Fault = Literal["throttle", "unavailable", "lose_response"] | None
"""Injected fault. ``lose_response``: the call works, then the connection breaks."""

FAULTS: dict[str, str] = {
    "throttle": "throttles",
    "unavailable": "is unavailable",
    "lose_response": "works, but its answer is lost",
}
"""Faults in words."""

SERVICES = ("cognito", "ses", "dynamodb", "sqs", "kms")
"""Services with a delay and a fault."""

_TAKES = {
    **{f"{service}_ms": "whole milliseconds from 0 to 60000" for service in SERVICES},
    **{f"{service}_fail": f"{', '.join(FAULTS)} or nothing (null)" for service in SERVICES},
    "dns_fail": "true or false",
    "clock_offset_s": "seconds, up to ten years (315360000) ahead or behind",
    "triggers": "true or false",
    "ses_per_second": "a whole number from 1, or nothing (null) for no limit",
}
"""What each switch takes, in words."""


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
    clock_offset_s: Offset = 0
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

    def _change(self, changes: dict[str, Any], strict: bool = True) -> SwitchValues:
        with self._lock:
            now = msgspec.structs.asdict(self.values) | {"clock_offset_s": self._clock.offset}
            try:
                values = msgspec.convert({**now, **changes}, SwitchValues, strict=strict)
            except msgspec.ValidationError:
                given = {**now, **changes}
                raise invalid_setting(SwitchValues, given, _TAKES, strict=strict) from None
            self.values = values
            if values.clock_offset_s != self._clock.offset:
                self._clock.set_offset(values.clock_offset_s)
            return values

    def put(self, body: bytes) -> SwitchValues:
        """The same from a JSON object. Raises ``InvalidSetting``."""
        return self._change(json_object(body))

    def put_form(self, fields: Mapping[str, str]) -> SwitchValues:
        """The same from those of a form's fields that were ``changed``; an empty one has its
        default. Raises ``InvalidSetting``."""
        fresh = msgspec.structs.asdict(SwitchValues())
        changes = {name: value or fresh.get(name, value) for name, value in changed(fields).items()}
        return self._change(changes, strict=False)

    def now(self) -> SwitchValues:
        """Current values, the clock's offset included, whoever moved it."""
        return msgspec.structs.replace(self.values, clock_offset_s=self._clock.offset)

    def reset(self) -> SwitchValues:
        """Set all switches to their defaults."""
        return self.set(**msgspec.structs.asdict(SwitchValues()))
