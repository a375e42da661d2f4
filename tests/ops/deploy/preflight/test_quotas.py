"""Quotas of the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ops.check_result import Severity
from ops.deploy.preflight.context import PreflightContext
from ops.deploy.preflight.quotas import check_concurrency, cognito_quota, lambda_quota
from tests.ops.conftest import REGION
from tests.ops.fake_account import AwsError, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation

Make = Callable[..., PreflightContext]


def quota(value: float, name: str = "Rate of UserCreation requests") -> dict[str, Any]:
    return {"QuotaName": name, "Value": value}


@pytest.mark.parametrize(
    ("told", "mark"),
    [
        ({"Quotas": [quota(1, "Rate of UserRead requests"), quota(50)]}, Severity.OK),
        ({"Quotas": [quota(49.0)]}, Severity.MISSING),
        ({"Quotas": [quota(50, "Rate of User Creation requests")]}, Severity.OK),
        ({"Quotas": []}, Severity.NOTE),
        (AwsError("AccessDeniedException"), Severity.NOTE),
    ],
)
def test_twenty_five_sign_ups_a_second_need_fifty_calls(
    account: FakeAccount, context: Make, told: Any, mark: Severity
) -> None:
    account.answers["service-quotas.ListServiceQuotas"] = told
    (found,) = cognito_quota(context())
    assert found.severity is mark
    assert "50 a second" in found.message or "50 are planned" in found.message


@pytest.mark.parametrize(
    ("limits", "wanted", "before", "mark"),
    [
        ((10, 10), {}, {}, Severity.MISSING),
        ((10, 10), {"MailConcurrency": "1"}, {}, Severity.STOPS),
        ((99, 99), {}, {}, Severity.MISSING),
        ((100, 100), {}, {}, Severity.OK),
        ((1000, 1000), {"ApiConcurrency": "900"}, {}, Severity.OK),
        ((1000, 1000), {"ApiConcurrency": "800", "MailConcurrency": "101"}, {}, Severity.STOPS),
        # Others have reserved some of it.
        ((1000, 500), {"ApiConcurrency": "401"}, {}, Severity.STOPS),
        # What this stack has reserved already is its own to use again.
        ((1000, 500), {"ApiConcurrency": "800"}, {"ApiConcurrency": "400"}, Severity.OK),
        # Nothing is reserved: what others left does not matter to CloudFormation.
        ((1000, 100), {"ApiConcurrency": "0"}, {}, Severity.OK),
    ],
)
def test_a_hundred_executions_stay_unreserved(
    limits: tuple[int, int], wanted: dict[str, str], before: dict[str, str], mark: Severity
) -> None:
    read = {
        "ConcurrentExecutions": limits[0],
        "UnreservedConcurrentExecutions": limits[1],
    }
    assert check_concurrency(read, wanted, before, REGION).severity is mark


def test_a_new_account_is_told_how_to_ask(
    account: FakeAccount, context: Make, formation: FakeCloudFormation
) -> None:
    limits = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    account.answers["lambda.GetAccountSettings"] = {"AccountLimit": limits}
    (found,) = lambda_quota(context())
    assert f"--quota-code L-B99A9384 --desired-value 1000 --region {REGION}" in found.message
    assert "The queues alone may take 15" in found.message
    assert "after 2 hours of that it is a dead letter" in found.message


def test_what_the_stack_reserves_now_is_asked_of_the_stack(
    account: FakeAccount, context: Make, formation: FakeCloudFormation
) -> None:
    formation.put("todoku-dev", REGION, "UPDATE_COMPLETE", ApiConcurrency="400")
    limits = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 500}
    account.answers["lambda.GetAccountSettings"] = {"AccountLimit": limits}
    (found,) = lambda_quota(context(ApiConcurrency="800"))
    assert found.severity is Severity.OK
