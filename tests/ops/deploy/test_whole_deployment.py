"""A whole deployment, from an empty account to a delivered code: a fake AWS, and the service
itself on this machine as what was deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from local.server import LocalServer
from ops.commands.deploy import Consent, deploy
from ops.deploy.preflight.context import PreflightContext
from ops.errors import Declined
from ops.package import Package
from ops.stage.settings import Stage
from tests.ops.conftest import Person, outputs
from tests.ops.deploy.test_post_deploy import VERIFIED
from tests.ops.fake_account import Answer, AwsError, FakeAccount
from tests.ops.fake_cloudformation import NOW, FakeCloudFormation, FakeStack

ANSWERS: dict[str, Answer] = {
    "ec2.DescribeRegions": {},
    "lambda.GetAccountSettings": {
        "AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    },
    "service-quotas.ListServiceQuotas": {"Quotas": []},
    "sesv2.GetAccount": {"SendingEnabled": True, "ProductionAccessEnabled": False},
    "s3.HeadBucket": AwsError("404", status=404),
    "s3.HeadObject": AwsError("404", status=404),
    "s3.CreateBucket": {},
    "s3.PutPublicAccessBlock": {},
    "s3.PutBucketEncryption": {},
    "s3.PutBucketVersioning": {},
    "s3.PutBucketLifecycleConfiguration": {},
    "s3.PutObject": {},
}


@pytest.fixture(scope="module")
def machine() -> Iterator[LocalServer]:
    with LocalServer(transit=0.02, retry_after=0.2, prefix="/dev") as machine:
        yield machine


@pytest.fixture
def context(
    account: FakeAccount, machine: LocalServer, stage: Callable[..., Stage]
) -> PreflightContext:
    """An account with nothing in it but what every new one has, and the sandbox."""

    def told(stack: FakeStack) -> dict[str, str]:
        own = outputs(stack)
        here = {"Pages": f"{machine.url}/dev/", "BaseUrl": machine.url}
        return {name: here.get(name, value) for name, value in own.items()}

    formation = FakeCloudFormation(account, told)
    account.answers.update(ANSWERS)

    def identity(region: str, given: dict[str, Any]) -> dict[str, Any]:
        if (region, "todoku-dev-primary") not in formation.stacks:
            raise AwsError("NotFoundException", "no identity", 404)
        return VERIFIED

    account.answers["sesv2.GetEmailIdentity"] = identity
    return PreflightContext(stage(), account.clients, lambda name, kind: [], NOW)


def test_from_an_empty_account_to_a_delivered_code(
    account: FakeAccount, context: PreflightContext, package: Package
) -> None:
    person = Person("y", "y", "y", "y", "y")
    running = replace(package, build="source")
    assert deploy(context, Consent(), person, lambda: running, lambda seconds: None) == 0
    assert [question.partition("?")[0] for question in person.asked] == [
        "1 missing (above). Deploy all the same",
        "Make the bucket todoku-artifacts-123456789012-ap-northeast-1 for what is deployed",
        "Do this to todoku-dev",
        "Do this to todoku-dev",
        "Do this to todoku-dev-primary",
    ]
    heard = person.heard
    told = [
        "Preflight of dev",
        "the sandbox",
        "is a cycle",
        "primary.zone",
        "Smoke test",
        "delivered",
    ]
    places = [heard.index(words) for words in told]
    assert places == sorted(places)


def test_without_credentials_nothing_is_looked_at(
    account: FakeAccount, context: PreflightContext, package: Package
) -> None:
    account.answers["sts.GetCallerIdentity"] = AwsError("ExpiredToken", "expired", 403)
    with pytest.raises(Exception, match="ExpiredToken"):
        deploy(context, Consent(), Person("y"), lambda: package)
    assert len(account.calls) == 1


def test_nothing_is_packaged_or_made_when_somebody_says_no(
    account: FakeAccount, context: PreflightContext
) -> None:
    def never() -> Package:
        raise AssertionError("packaged")

    with pytest.raises(Declined):
        deploy(context, Consent(), Person("n"), never)
    made = {"Create", "Put", "Execute", "Delete", "Update"}
    verbs = {name.partition(".")[2] for name, _, _ in account.calls}
    assert not [verb for verb in verbs if verb.startswith(tuple(made))]
