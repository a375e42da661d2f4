"""What a stack should be, and what would change on the way there."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ops.aws.stacks import NEVER_MADE, Stack

PRECIOUS = {
    "AWS::DynamoDB::Table",
    "AWS::Cognito::UserPool",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::SES::EmailIdentity",
}
"""What is lost with what is in it when it is replaced or removed; an identity with its keys in the
DNS, so that no mail leaves until new ones are published."""
KEEP = None
"""A parameter's value: the one that the stack has."""


@dataclass(frozen=True)
class Wanted:
    """What a stack should be."""

    stack: str
    template: Mapping[str, str]
    """``TemplateURL`` or ``TemplateBody``."""
    parameters: Mapping[str, str | None]


@dataclass(frozen=True)
class Change:
    """What would become of one resource."""

    action: str
    name: str
    kind: str
    replacement: str
    """``True``, ``Conditional`` (known only when it is tried), else nothing of note."""

    @property
    def loses(self) -> bool:
        """Whether something goes that has data in it."""
        gone = self.action == "Remove" or self.replacement in {"True", "Conditional"}
        return gone and self.kind in PRECIOUS


@dataclass(frozen=True)
class Draft:
    """A change set that was made and not executed."""

    stack: str
    name: str
    first: bool
    """Whether the stack does not exist yet."""
    changes: tuple[Change, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    """Makes a repeated execution the same one."""

    @property
    def losses(self) -> list[Change]:
        """The changes that lose data."""
        return [change for change in self.changes if change.loses]


def plan(wanted: Wanted, stack: Stack | None, now: datetime | None = None) -> Draft:
    """The change set's name and kind, before it is made."""
    now = now or datetime.now(UTC)
    name = f"deploy-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    return Draft(wanted.stack, name, stack is None or stack.status == NEVER_MADE)
