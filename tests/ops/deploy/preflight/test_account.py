"""The account: may it be used, and in these regions?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ops.check_result import Severity
from ops.deploy.preflight.account import account_id, credentials, regions
from ops.deploy.preflight.context import PreflightContext
from tests.ops.conftest import OTHER, REGION
from tests.ops.fake_account import NUMBER, AwsError, FakeAccount


def test_it_says_who_we_are(context: Callable[..., PreflightContext]) -> None:
    (found,) = credentials(context())
    assert found.severity is Severity.OK
    assert NUMBER in found.message
    assert account_id(context()) == NUMBER


def test_each_region_is_asked_itself(
    account: FakeAccount, context: Callable[..., PreflightContext]
) -> None:
    account.answers["ec2.DescribeRegions"] = {"Regions": []}
    assert [result.severity for result in regions(context(routes=2))] == [Severity.OK, Severity.OK]
    asked = [(at, given["RegionNames"]) for name, at, given in account.calls if "ec2" in name]
    assert asked == [(REGION, [REGION]), (OTHER, [OTHER])]


@pytest.mark.parametrize(
    "told",
    [
        AwsError("AuthFailure"),
        AwsError("OptInRequired"),
        AwsError("UnrecognizedClientException"),
        EndpointConnectionError(endpoint_url="https://ec2"),
    ],
)
def test_a_region_that_cannot_be_used_is_missing(
    account: FakeAccount, context: Callable[..., PreflightContext], told: Exception
) -> None:
    account.answers["ec2.DescribeRegions"] = told
    (found,) = regions(context())
    assert found.severity is Severity.STOPS
    assert REGION in found.message


def test_a_region_that_may_not_be_asked_about_is_not_taken_for_one_that_is_not_enabled(
    account: FakeAccount, context: Callable[..., PreflightContext]
) -> None:
    account.answers["ec2.DescribeRegions"] = AwsError("UnauthorizedOperation")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        list(regions(context()))
