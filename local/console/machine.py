"""What the console shows and changes of the local machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from chalicelib.identity.display import shown
from chalicelib.trail.mail_record import MailRecord
from local.clock import Clock
from local.lambda_service import LambdaService
from local.mail_providers import MailProviders
from local.mailbox import Mailbox
from local.ses.mail_log import MailLog
from local.switches import SERVICES, Switches, SwitchValues


@dataclass(frozen=True)
class Machine:
    """The parts of one local server that can be looked at and changed from outside."""

    mailbox: Mailbox
    mail_log: MailLog
    providers: MailProviders
    switches: Switches
    functions: LambdaService
    clock: Clock
    routes: Sequence[str]
    """Names of the sending routes."""
    mail_records: Callable[[str], Sequence[MailRecord]]
    """The application's own records of the mails of a reference. Raises ``TodokuError``."""

    def set_clock(self, offset: float) -> None:
        """Have the clock so many seconds ahead, once no function runs. Raises
        ``InvalidSetting``."""
        self.functions.wait_until_idle()
        self.switches.set(clock_offset_s=offset)


def unusual(machine: Machine) -> Iterator[tuple[str, str]]:
    """What is not as in a fresh start, each with the address that mends or explains it."""
    for rule in machine.providers.rules():
        spoilt = [name for name in ("duplicates", "disorder") if getattr(rule, name)]
        if rule.behaviour != "normal" or spoilt:
            how = ", ".join([*([rule.behaviour] if rule.behaviour != "normal" else []), *spoilt])
            by = f" by {rule.route}" if rule.route else ""
            yield f"{shown(rule.provider)}{by}: {how}", "/local/providers"
    values = machine.switches.now()
    for service in SERVICES:
        if delay := getattr(values, f"{service}_ms"):
            yield f"{service}: {delay} ms slower", "/local/switches"
        if fault := values.fault(service):
            yield f"{service}: {fault}", "/local/switches"
    others = {
        "dns_fail": "no MX look-up is answered",
        "triggers": "Cognito's code events are lost",
        "ses_per_second": f"SES: {values.ses_per_second} a second",
    }
    fresh = SwitchValues()
    for name, words in others.items():
        if getattr(values, name) != getattr(fresh, name):
            yield words, "/local/switches"
    if values.clock_offset_s:
        yield f"the clock is {span(values.clock_offset_s)}", "/local/switches#clock"
    if failed := len(machine.functions.failures):
        some = "1 invocation has" if failed == 1 else f"{failed} invocations have"
        yield f"{some} failed", "/local/failures.json"


def span(seconds: float) -> str:
    """A clock's offset in words: ``1 d 2 h ahead``."""
    left, parts = abs(seconds), []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count:g} {unit}")
    if left or not parts:
        parts.append(f"{left:.3g} s")
    return f"{' '.join(parts)} {'behind' if seconds < 0 else 'ahead'}"


def usual_switches() -> dict[str, object]:
    """Every switch as in a fresh start, but for the clock's offset."""
    values = msgspec.structs.asdict(SwitchValues())
    return {name: value for name, value in values.items() if name != "clock_offset_s"}
