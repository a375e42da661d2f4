"""Identities that a deployment would make in SES, and stacks that it would leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ops.check_result import CheckResult, Severity
from ops.deploy.preflight.context import PreflightContext
from ops.deploy.preflight.ses import sending_domains
from ops.stage.settings import Stage
from tests.ops.conftest import OTHER, REGION, route
from tests.ops.fake_account import AwsError, FakeAccount
from tests.ops.fake_cloudformation import NOW, FakeCloudFormation
from tests.ops.identities import identities_of_stacks

ENTRY, SECOND = "entry.example.lg.jp", "entry-mail.example.jp"


@pytest.fixture(autouse=True)
def deployed(account: FakeAccount, formation: FakeCloudFormation) -> None:
    """Two routes that are there, and their identities."""
    identities_of_stacks(account, formation)
    formation.put(
        "todoku-dev",
        REGION,
        "UPDATE_COMPLETE",
        PrimarySender=f"no-reply@{ENTRY}",
        PrimaryRegion=REGION,
        SecondSender=f"no-reply@{SECOND}",
        SecondRegion=OTHER,
    )
    formation.put("todoku-dev-primary", REGION, "CREATE_COMPLETE", Domain=ENTRY)
    formation.put("todoku-dev-second", OTHER, "CREATE_COMPLETE", Domain=SECOND)


@pytest.fixture
def found(account: FakeAccount, stage: Callable[..., Stage]) -> Callable[..., list[CheckResult]]:
    """What is found of routes, each given as name, domain and region."""

    def made(*routes: tuple[str, str, str]) -> list[CheckResult]:
        chosen = replace(stage(), routes=tuple(route(*each) for each in routes))
        context = PreflightContext(chosen, account.clients, lambda name, kind: [], NOW)
        return list(sending_domains(context))

    return made


Found = Callable[..., list[CheckResult]]


def test_senders_can_be_exchanged_where_regions_stay(found: Found) -> None:
    results = found(("primary", SECOND, REGION), ("second", ENTRY, OTHER))
    assert [it.severity for it in results] == [Severity.NOTE, Severity.NOTE]
    assert all("its records are told after the deployment" in it.message for it in results)


def test_senders_cannot_be_exchanged_each_with_its_region(found: Found) -> None:
    results = found(("primary", SECOND, OTHER), ("second", ENTRY, REGION))
    stopped = [it for it in results if it.severity is Severity.STOPS]
    assert [it.subject for it in stopped] == ["SES primary", "SES second"]
    assert "of todoku-dev-second" in stopped[0].message
    assert "leave the regions as they are" in stopped[0].message


def test_senders_of_one_region_cannot_be_exchanged_in_one_step(
    found: Found, formation: FakeCloudFormation
) -> None:
    formation.put("todoku-dev-second", REGION, "CREATE_COMPLETE", Domain=SECOND)
    results = found(("primary", SECOND, REGION), ("second", ENTRY, REGION))
    stopped = [it.message for it in results if it.severity is Severity.STOPS]
    assert len(stopped) == 2
    assert all("must go first" in line for line in stopped)


def test_a_new_domain_that_somebody_else_has_stops_a_route_that_stands(
    found: Found, account: FakeAccount
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = {}
    results = found(("primary", "other.example.jp", REGION))
    assert results[0].severity is Severity.STOPS
    assert "delete-email-identity --email-identity other.example.jp" in results[0].message


def test_a_route_that_keeps_its_domain_is_asked_whether_it_is_verified(
    found: Found, account: FakeAccount
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = AwsError("NotFoundException", status=404)
    results = found(("primary", ENTRY, REGION), ("second", SECOND, OTHER))
    assert results[0].message == f"SES has no identity {ENTRY} in {REGION}."


@pytest.mark.parametrize(
    "routes",
    [
        [("primary", ENTRY, REGION)],
        [("primary", ENTRY, REGION), ("second", SECOND, "ap-northeast-2")],
    ],
    ids=["given up", "moved"],
)
def test_a_stack_that_no_route_has_any_more_is_named(
    found: Found, routes: list[tuple[str, str, str]]
) -> None:
    (left,) = (it for it in found(*routes) if it.subject.startswith("stack"))
    assert left.severity is Severity.NOTE
    delete = "aws cloudformation delete-stack --stack-name todoku-dev-second"
    assert f"{delete} --region {OTHER}" in left.message


def test_a_stack_that_was_deleted_already_is_not(
    found: Found, formation: FakeCloudFormation
) -> None:
    del formation.stacks[OTHER, "todoku-dev-second"]
    assert not [it for it in found(("primary", ENTRY, REGION)) if it.subject.startswith("stack")]
