"""Policies are evaluated as IAM does."""

from __future__ import annotations

from typing import Any

import pytest

from local.packaged.iam_policies import (
    Grant,
    PermissionRequest,
    RolePolicies,
    UnsupportedPolicy,
    from_documents,
)

TABLE = "arn:aws:dynamodb:ap-northeast-1:1:table/trail"


def policies(*statements: dict[str, Any]) -> RolePolicies:
    return from_documents([{"Version": "2012-10-17", "Statement": list(statements)}])


def statement(action: str, resource: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


NO_CODES = {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["code#*"]}}


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("dynamodb:GetItem", TABLE, True),
        ("dynamodb:getitem", TABLE, True),
        ("dynamodb:PutItem", TABLE, False),
        ("dynamodb:GetItem", f"{TABLE}s", False),
        ("dynamodb:GetItem", f"{TABLE}/index/due", False),
    ],
)
def test_what_nobody_allows_is_denied(action: str, resource: str, allowed: bool) -> None:
    found = policies(statement("dynamodb:GetItem", TABLE)).allowing(
        PermissionRequest(action, resource)
    )
    assert (found is not None) == allowed


def test_a_deny_wins_wherever_it_stands() -> None:
    allow, deny = statement("dynamodb:*", "*"), statement("dynamodb:PutItem", TABLE, "Deny")
    for both in (policies(allow, deny), policies(deny, allow)):
        assert both.allowing(PermissionRequest("dynamodb:GetItem", TABLE)) == Grant(
            "dynamodb:*", "*"
        )
        assert both.allowing(PermissionRequest("dynamodb:PutItem", TABLE)) is None


def test_a_deny_of_some_keys_leaves_the_others() -> None:
    allow = statement("dynamodb:Query", TABLE)
    its = policies(allow, statement("dynamodb:*", TABLE, "Deny", Condition=NO_CODES))
    assert its.allowing(PermissionRequest("dynamodb:Query", TABLE, ("7Q4K2M9X8T",)))
    assert its.allowing(PermissionRequest("dynamodb:Query", TABLE, ("code#7Q4K2M9X8T",))) is None


def test_brackets_are_letters() -> None:
    assert policies(statement("a:X", "[xy]")).allowing(PermissionRequest("a:X", "[xy]"))
    assert policies(statement("a:X", "[xy]")).allowing(PermissionRequest("a:X", "x")) is None


def test_grants_are_each_action_on_each_resource() -> None:
    both = {"Effect": "Allow", "Action": ["a:X", "a:Y"], "Resource": ["r", "s"]}
    assert policies(both, statement("*", "*", "Deny")).grants() == {
        Grant(action, resource) for action in ("a:X", "a:Y") for resource in ("r", "s")
    }


@pytest.mark.parametrize(
    "odd",
    [
        statement("a:X", "r", NotAction="b"),
        statement("a:X", "r", "Maybe"),
        statement("a:X", "r", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    ],
)
def test_what_is_not_known_here_is_no_silent_yes(odd: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedPolicy):
        policies(odd)
