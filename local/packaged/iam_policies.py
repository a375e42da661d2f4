"""IAM policies of a role, and their evaluation: an explicit deny wins, the default is deny.

Only what the project's policies use is known; anything else is an ``UnsupportedPolicy``.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


class UnsupportedPolicy(Exception):
    """A policy uses what is not supported here; the message quotes it."""


@dataclass(frozen=True, order=True)
class Grant:
    """A grant: one action on one resource, as a policy writes them."""

    action: str
    resource: str


@dataclass(frozen=True)
class PermissionRequest:
    """Permission that a call needs. ``keys``: the partition keys it names (DynamoDB)."""

    action: str
    resource: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class RolePolicies:
    """Policy statements of one role, every intrinsic function in them resolved."""

    statements: tuple[Mapping[str, Any], ...]

    def grants(self) -> set[Grant]:
        """All grants: each allowed action on each resource."""
        return {
            Grant(action, resource)
            for statement in self.statements
            if statement["Effect"] == "Allow"
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }

    def allowing(self, request: PermissionRequest) -> Grant | None:
        """The grant that allows ``request``, or ``None``."""
        found: Grant | None = None
        for statement in self.statements:
            grant = _matching(statement, request)
            if grant is None or not _condition_holds(statement.get("Condition", {}), request):
                continue
            if statement["Effect"] == "Deny":
                return None
            found = found or grant
        return found


def from_documents(documents: Iterable[Mapping[str, Any]]) -> RolePolicies:
    """The policies of these policy documents. Raises ``UnsupportedPolicy``."""
    return RolePolicies(tuple(_checked(documents)))


def _checked(documents: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    known = {"Sid", "Effect", "Action", "Resource", "Condition"}
    for document in documents:
        for statement in document["Statement"]:
            if statement.keys() - known or statement["Effect"] not in ("Allow", "Deny"):
                raise UnsupportedPolicy(str(statement))
            _condition_holds(statement.get("Condition", {}), PermissionRequest("", ""))
            yield statement


def _matching(statement: Mapping[str, Any], request: PermissionRequest) -> Grant | None:
    for action in _listed(statement["Action"]):
        for resource in _listed(statement["Resource"]):
            # IAM's actions know no case, resources do; both know * and ?.
            if _like(request.action.lower(), action.lower()) and _like(request.resource, resource):
                return Grant(action, resource)
    return None


def _like(text: str, pattern: str) -> bool:
    # IAM has no classes of characters.
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _condition_holds(condition: Mapping[str, Any], request: PermissionRequest) -> bool:
    for operator, tests in condition.items():
        for key, values in tests.items():
            if (operator, key) != ("ForAnyValue:StringLike", "dynamodb:LeadingKeys"):
                raise UnsupportedPolicy(f"{operator} {key}")
            patterns = _listed(values)
            if not any(_like(key, pattern) for key in request.keys for pattern in patterns):
                return False
    return True


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
