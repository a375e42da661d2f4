"""A change set as data: which resources a stack's update would add, change, replace or remove."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ops.aws.stacks import REVIEW_IN_PROGRESS, Stack

STATEFUL_TYPES = {
    "AWS::DynamoDB::Table",
    "AWS::Cognito::UserPool",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::SES::EmailIdentity",
}
"""Resource types that lose data when they are replaced or removed; an identity loses its keys in
the DNS, so that no mail leaves until new ones are published."""


@dataclass(frozen=True)
class ResourceChange:
    """One entry of a change set: the change to one resource."""

    action: str
    logical_id: str
    resource_type: str
    replacement: str
    """``True``, ``Conditional`` (known only when it is tried), else nothing of note."""

    @property
    def loses_data(self) -> bool:
        """Whether it removes or may replace a resource with data in it."""
        gone = self.action == "Remove" or self.replacement in {"True", "Conditional"}
        return gone and self.resource_type in STATEFUL_TYPES


@dataclass(frozen=True)
class ChangeSet:
    """A change set that is not executed yet."""

    stack: str
    name: str
    creates_stack: bool
    """Whether its type is CREATE: the stack does not exist yet."""
    changes: tuple[ResourceChange, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    """The client token: a repeated call with it is the same call."""

    @property
    def data_losses(self) -> list[ResourceChange]:
        """The changes that lose data."""
        return [change for change in self.changes if change.loses_data]


def new_change_set(name: str, stack: Stack | None, now: datetime | None = None) -> ChangeSet:
    """A change set for the stack ``name`` (as it is now: ``stack``), before it is created."""
    now = now or datetime.now(UTC)
    change_set = f"deploy-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    return ChangeSet(name, change_set, stack is None or stack.status == REVIEW_IN_PROGRESS)
