"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from cloudformation.template import Template
from ops.aws.clients import Clients
from ops.aws.stacks import NEVER_MADE, Stack, find
from ops.check_result import Finding
from ops.dns_records import Lookup
from ops.stage.settings import Stage


@dataclass(frozen=True)
class Ground:
    """A stage, the account that it is to stand in, the DNS, and the time."""

    stage: Stage
    clients: Clients
    lookup: Lookup
    now: datetime

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Of the service's stack, defaults included."""
        return Template.read().parameters(self.stage.service)

    def here(self, service: str) -> Any:
        """A client in the stage's own region."""
        return self.clients(service, self.stage.region)

    def stack(self, name: str, region: str) -> Stack | None:
        """A stack that exists, if only in part."""
        found = find(self.clients("cloudformation", region), name)
        return None if found is None or found.status == NEVER_MADE else found

    @cached_property
    def service(self) -> Stack | None:
        """The service's stack, if it exists."""
        return self.stack(self.stage.stack, self.stage.region)


@dataclass(frozen=True)
class Check:
    """One question to the account or the DNS."""

    about: str
    asks: str
    """The calls it makes, as policies name them: what these credentials need."""
    look: Callable[[Ground], Iterable[Finding]]
