"""The context of the preflight checks: the stage, clients of its account, the DNS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from cloudformation.template import Template
from ops.aws.clients import Clients
from ops.aws.stacks import REVIEW_IN_PROGRESS, Stack, find_stack
from ops.check_result import CheckResult
from ops.dns_records import DnsLookup
from ops.stage.settings import Stage


@dataclass(frozen=True)
class PreflightContext:
    """What the checks read: the stage, the account it goes into, the DNS, and the time."""

    stage: Stage
    clients: Clients
    lookup: DnsLookup
    now: datetime

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of the service's stack, defaults included."""
        return Template.read().parameters(self.stage.service)

    def client(self, service: str) -> Any:
        """A client in the stage's own region."""
        return self.clients(service, self.stage.region)

    def find_stack(self, name: str, region: str) -> Stack | None:
        """The stack ``name``, if it exists, if only in part."""
        found = find_stack(self.clients("cloudformation", region), name)
        return None if found is None or found.status == REVIEW_IN_PROGRESS else found

    @cached_property
    def service_stack(self) -> Stack | None:
        """The service's stack, if it exists."""
        return self.find_stack(self.stage.stack, self.stage.region)


@dataclass(frozen=True)
class PreflightCheck:
    """One check of the account or the DNS."""

    subject: str
    permissions: str
    """The calls it makes, as policies name them: what these credentials need."""
    run: Callable[[PreflightContext], Iterable[CheckResult]]
