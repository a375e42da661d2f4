"""Two routes that exchange their senders: what CloudFormation and SES let a deployment do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ops.deploy.apply import StackApplier
from ops.deploy.deployment import Deployment
from ops.errors import CommandError
from ops.package import Package
from ops.stage.settings import Route, Stage
from tests.ops.conftest import OTHER, REGION, Person, route
from tests.ops.fake_account import NUMBER, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation
from tests.ops.identities import identities_of_stacks

ENTRY, SECOND = "entry.example.lg.jp", "entry-mail.example.jp"
Deploy = Callable[..., None]


@pytest.fixture
def deploy(
    account: FakeAccount,
    formation: FakeCloudFormation,
    package: Package,
    stage: Callable[..., Stage],
) -> Deploy:
    """Deploys routes, into an account with the first two."""
    identities_of_stacks(account, formation)
    for name in ("HeadBucket", "HeadObject", "PutPublicAccessBlock", "PutBucketEncryption"):
        account.answers[f"s3.{name}"] = {}
    for name in ("PutBucketVersioning", "PutBucketLifecycleConfiguration"):
        account.answers[f"s3.{name}"] = {}

    def run(*routes: Route) -> None:
        chosen = replace(stage(), routes=routes)
        applying = StackApplier(Person(yes=True), sleep=lambda seconds: None)
        Deployment(chosen, package, NUMBER, account.clients, lambda *_: [], applying).run()

    run(route("primary", ENTRY, REGION), route("second", SECOND, OTHER))
    return run


def test_senders_are_exchanged_and_each_region_keeps_its_route(
    deploy: Deploy, formation: FakeCloudFormation, package: Package
) -> None:
    deploy(route("primary", SECOND, REGION), route("second", ENTRY, OTHER))
    domains = {key: stack.parameters.get("Domain") for key, stack in formation.stacks.items()}
    assert domains == {
        (REGION, "todoku-dev"): None,
        (REGION, "todoku-dev-primary"): SECOND,
        (OTHER, "todoku-dev-second"): ENTRY,
    }
    zone = (package.folder / "primary.zone").read_text(encoding="utf-8")
    assert f"bounce.{SECOND}. 3600 IN MX 10 feedback-smtp.{REGION}.amazonses.com." in zone


def test_senders_are_not_exchanged_each_with_its_region(deploy: Deploy) -> None:
    """The new stack would want the identity that the other route's has there."""
    with pytest.raises(CommandError, match="takes no change"):
        deploy(route("primary", SECOND, OTHER), route("second", ENTRY, REGION))


def test_nor_are_they_within_one_region(deploy: Deploy) -> None:
    deploy(route("primary", ENTRY, REGION), route("second", "third.example.jp", REGION))
    with pytest.raises(CommandError, match="was put back as it was"):
        deploy(route("primary", "third.example.jp", REGION), route("second", ENTRY, REGION))
