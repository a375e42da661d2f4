"""Quotas of the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ops.check_result import Mark
from ops.deploy.preflight.context import Ground
from ops.deploy.preflight.quotas import cognito, concurrency, functions
from tests.ops.conftest import REGION
from tests.ops.fake_account import Account, Fault
from tests.ops.fake_cloudformation import Formation

Make = Callable[..., Ground]


def quota(value: float, name: str = "Rate of UserCreation requests") -> dict[str, Any]:
    return {"QuotaName": name, "Value": value}


@pytest.mark.parametrize(
    ("told", "mark"),
    [
        ({"Quotas": [quota(1, "Rate of UserRead requests"), quota(50)]}, Mark.OK),
        ({"Quotas": [quota(49.0)]}, Mark.MISSING),
        ({"Quotas": [quota(50, "Rate of User Creation requests")]}, Mark.OK),
        ({"Quotas": []}, Mark.NOTE),
        (Fault("AccessDeniedException"), Mark.NOTE),
    ],
)
def test_twenty_five_sign_ups_a_second_need_fifty_calls(
    account: Account, ground: Make, told: Any, mark: Mark
) -> None:
    account.answers["service-quotas.ListServiceQuotas"] = told
    (found,) = cognito(ground())
    assert found.mark is mark
    assert "50 a second" in found.line or "50 are planned" in found.line


@pytest.mark.parametrize(
    ("limits", "wanted", "before", "mark"),
    [
        ((10, 10), {}, {}, Mark.MISSING),
        ((10, 10), {"MailConcurrency": "1"}, {}, Mark.STOPS),
        ((99, 99), {}, {}, Mark.MISSING),
        ((100, 100), {}, {}, Mark.OK),
        ((1000, 1000), {"ApiConcurrency": "900"}, {}, Mark.OK),
        ((1000, 1000), {"ApiConcurrency": "800", "MailConcurrency": "101"}, {}, Mark.STOPS),
        # Others have reserved some of it.
        ((1000, 500), {"ApiConcurrency": "401"}, {}, Mark.STOPS),
        # What this stack has reserved already is its own to use again.
        ((1000, 500), {"ApiConcurrency": "800"}, {"ApiConcurrency": "400"}, Mark.OK),
        # Nothing is reserved: what others left does not matter to CloudFormation.
        ((1000, 100), {"ApiConcurrency": "0"}, {}, Mark.OK),
    ],
)
def test_a_hundred_executions_stay_unreserved(
    limits: tuple[int, int], wanted: dict[str, str], before: dict[str, str], mark: Mark
) -> None:
    read = {
        "ConcurrentExecutions": limits[0],
        "UnreservedConcurrentExecutions": limits[1],
    }
    assert concurrency(read, wanted, before, REGION).mark is mark


def test_a_new_account_is_told_how_to_ask(
    account: Account, ground: Make, formation: Formation
) -> None:
    limits = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    account.answers["lambda.GetAccountSettings"] = {"AccountLimit": limits}
    (found,) = functions(ground())
    assert f"--quota-code L-B99A9384 --desired-value 1000 --region {REGION}" in found.line


def test_what_the_stack_reserves_now_is_asked_of_the_stack(
    account: Account, ground: Make, formation: Formation
) -> None:
    formation.put("todoku-dev", REGION, "UPDATE_COMPLETE", ApiConcurrency="400")
    limits = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 500}
    account.answers["lambda.GetAccountSettings"] = {"AccountLimit": limits}
    (found,) = functions(ground(ApiConcurrency="800"))
    assert found.mark is Mark.OK
