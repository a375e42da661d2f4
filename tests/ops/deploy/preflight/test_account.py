"""The account: may it be used, and in these regions?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ops.check_result import Mark
from ops.deploy.preflight.account import credentials, number, regions
from ops.deploy.preflight.context import Ground
from tests.ops.conftest import OTHER, REGION
from tests.ops.fake_account import NUMBER, Account, Fault


def test_it_says_who_we_are(ground: Callable[..., Ground]) -> None:
    (found,) = credentials(ground())
    assert found.mark is Mark.OK
    assert NUMBER in found.line
    assert number(ground()) == NUMBER


def test_each_region_is_asked_itself(account: Account, ground: Callable[..., Ground]) -> None:
    account.answers["ec2.DescribeRegions"] = {"Regions": []}
    assert [finding.mark for finding in regions(ground(routes=2))] == [Mark.OK, Mark.OK]
    asked = [(at, given["RegionNames"]) for name, at, given in account.calls if "ec2" in name]
    assert asked == [(REGION, [REGION]), (OTHER, [OTHER])]


@pytest.mark.parametrize(
    "told",
    [
        Fault("AuthFailure"),
        Fault("OptInRequired"),
        Fault("UnrecognizedClientException"),
        EndpointConnectionError(endpoint_url="https://ec2"),
    ],
)
def test_a_region_that_cannot_be_used_is_missing(
    account: Account, ground: Callable[..., Ground], told: Exception
) -> None:
    account.answers["ec2.DescribeRegions"] = told
    (found,) = regions(ground())
    assert found.mark is Mark.STOPS
    assert REGION in found.line


def test_a_region_that_may_not_be_asked_about_is_not_taken_for_one_that_is_not_enabled(
    account: Account, ground: Callable[..., Ground]
) -> None:
    account.answers["ec2.DescribeRegions"] = Fault("UnauthorizedOperation")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        list(regions(ground()))
