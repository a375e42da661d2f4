"""A deployment in its order: artefacts, the service, its address, the routes, their records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ops.aws.stacks import Stack
from ops.deploy.apply import StackApplier
from ops.deploy.deployment import Deployment
from ops.deploy.desired_stack import USE_PREVIOUS_VALUE, service_stack
from ops.errors import CommandError, Declined
from ops.package import Package
from ops.stage.settings import Stage
from tests.ops.conftest import API, OTHER, REGION, Person
from tests.ops.fake_account import NUMBER, AwsError, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation

Make = Callable[..., Stage]


@pytest.fixture(autouse=True)
def bucket(account: FakeAccount) -> None:
    """The bucket is there, and what is uploaded too."""
    for name in (
        "HeadBucket",
        "CreateBucket",
        "PutPublicAccessBlock",
        "PutBucketEncryption",
        "PutBucketVersioning",
        "PutBucketLifecycleConfiguration",
        "HeadObject",
    ):
        account.answers[f"s3.{name}"] = {}


def deploy(
    account: FakeAccount, stage: Stage, package: Package, person: Person, *seen: tuple[str, str]
) -> Stack:
    """``seen``: names and types of which the DNS has whatever is wanted."""

    def lookup(name: str, kind: str) -> list[str]:
        return [f"10 feedback-smtp.{REGION}.amazonses.com."] if (name, kind) in seen else []

    applying = StackApplier(person, sleep=lambda seconds: None)
    return Deployment(stage, package, NUMBER, account.clients, lookup, applying).run()


def order(account: FakeAccount) -> list[str]:
    return [
        f"{g['StackName']} {at}" for n, at, g in account.calls if n.endswith(".ExecuteChangeSet")
    ]


def test_the_service_comes_first_and_is_told_its_address(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    person = Person("y", "y", "y")
    made = deploy(account, stage(), package, person)
    assert order(account) == [
        f"todoku-dev {REGION}",
        f"todoku-dev {REGION}",
        f"todoku-dev-primary {REGION}",
    ]
    assert made.parameters["BaseUrl"] == API
    assert "is a cycle" in person.heard
    first, second, _ = account.asked("cloudformation.CreateChangeSet")
    assert first["TemplateURL"] == second["TemplateURL"]
    assert "BaseUrl" not in {p["ParameterKey"] for p in first["Parameters"]}


def test_a_second_deployment_keeps_the_address_and_changes_nothing(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    deploy(account, stage(), package, Person(yes=True))
    done = len(order(account))
    person = Person("never asked")
    deploy(account, stage(), package, person)
    assert person.asked == []
    assert len(order(account)) == done
    assert formation.stacks[REGION, "todoku-dev"].change_sets == {}


def test_a_host_name_of_its_own_needs_no_second_change(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    named = stage(DomainName="apply.example.lg.jp", CertificateArn="arn")
    deploy(account, named, package, Person("y", "y"))
    assert order(account) == [f"todoku-dev {REGION}", f"todoku-dev-primary {REGION}"]


def test_an_address_that_was_chosen_is_left_as_it_is(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    made = deploy(account, stage(BaseUrl="https://proxy.example"), package, Person("y", "y"))
    assert made.parameters["BaseUrl"] == "https://proxy.example"


def test_a_name_that_is_given_up_keeps_nothing_that_is_not_there(stage: Make) -> None:
    stack = Stack("todoku-dev", "arn", REGION, "CREATE_COMPLETE", "", {}, {}, False)
    assert "BaseUrl" not in service_stack(stage(), "https://x", stack).parameters
    known = Stack("todoku-dev", "a", REGION, "CREATE_COMPLETE", "", {"BaseUrl": API}, {}, False)
    assert service_stack(stage(), "https://x", known).parameters["BaseUrl"] is USE_PREVIOUS_VALUE


def test_each_route_is_a_stack_in_its_region_that_knows_the_function(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    deploy(account, stage(routes=2), package, Person(yes=True))
    for name, region in (("primary", REGION), ("second", OTHER)):
        stack = formation.stacks[region, f"todoku-dev-{name}"]
        assert stack.parameters["Route"] == name
        assert stack.parameters["RecordEventsArn"].startswith(f"arn:aws:lambda:{REGION}:")


def test_the_records_of_a_route_are_written_and_the_missing_named(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    person = Person(yes=True)
    deploy(account, stage(), package, person, ("bounce.entry.example.lg.jp", "MX"))
    zone = (package.folder / "primary.zone").read_text(encoding="utf-8")
    assert f"MX 10 feedback-smtp.{REGION}.amazonses.com." in zone
    assert "t1._domainkey.entry.example.lg.jp CNAME t1.dkim.x.com." in person.heard
    assert "feedback-smtp" not in person.heard
    assert "one SPF record: merge it into the one that is there, never a second" in person.heard


def test_the_keys_are_those_that_ses_itself_names(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    """In Osaka they are in a zone of the region's own."""
    zone = f"dkim.{OTHER}.amazonses.com"
    told = {"Tokens": ["t1", "t2", "t3"], "SigningHostedZone": zone}
    account.answers["sesv2.GetEmailIdentity"] = lambda region, given: (
        {"DkimAttributes": told} if region == OTHER else {}
    )
    person = Person(yes=True)
    deploy(account, stage(routes=2), package, person)
    second = (package.folder / "second.zone").read_text(encoding="utf-8")
    assert f"t1._domainkey.entry-mail.example.jp. 3600 IN CNAME t1.{zone}." in second
    assert "second.zone has SES's own DKIM records" in person.heard
    assert "the output ZoneFile of todoku-dev-second has others" in person.heard
    assert "primary.zone has" not in person.heard


def test_without_an_answer_of_ses_the_keys_are_the_stack_s(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = AwsError("AccessDeniedException", "not you")
    person = Person(yes=True)
    deploy(account, stage(), package, person)
    assert "may not GetEmailIdentity: not you" in person.heard
    zone = (package.folder / "primary.zone").read_text(encoding="utf-8")
    assert "t1._domainkey.entry.example.lg.jp. 3600 IN CNAME t1.dkim.x.com." in zone


def test_a_dns_that_does_not_answer_stops_nothing(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    def silent(name: str, kind: str) -> list[str]:
        raise OSError("the DNS does not answer")

    person = Person(yes=True)
    applying = StackApplier(person, sleep=lambda seconds: None)
    Deployment(stage(), package, NUMBER, account.clients, silent, applying).run()
    assert "the DNS does not answer" in person.heard


def test_what_must_not_be_lost_is_protected_once_it_stands(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    """A table that is protected from its birth keeps a failed creation from being taken back."""
    made = deploy(account, stage(Protected="true"), package, Person(yes=True))
    given = [
        {p["ParameterKey"]: p.get("ParameterValue") for p in asked["Parameters"]}["Protected"]
        for asked in account.asked("cloudformation.CreateChangeSet")
        if asked["StackName"] == "todoku-dev"
    ]
    assert given == ["false", "true"]
    assert made.parameters["Protected"] == "true"


def test_a_first_creation_of_a_protected_stage_that_fails_is_taken_back(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    formation.fails["todoku-dev"] = "Table limit exceeded"
    with pytest.raises(CommandError, match=r"\(ROLLBACK_COMPLETE\)"):
        deploy(account, stage(Protected="true"), package, Person(yes=True))


def test_so_is_one_after_a_first_creation_that_was_only_looked_at(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    formation.put("todoku-dev", REGION, "REVIEW_IN_PROGRESS", BaseUrl=API)
    formation.fails["todoku-dev"] = "Table limit exceeded"
    with pytest.raises(CommandError, match=r"\(ROLLBACK_COMPLETE\)"):
        deploy(account, stage(Protected="true"), package, Person(yes=True))
    (created,) = account.asked("cloudformation.CreateChangeSet")
    assert "BaseUrl" not in {each["ParameterKey"] for each in created["Parameters"]}


@pytest.mark.parametrize("protected", ["true", "false"])
def test_a_protected_stage_is_kept_from_deletion(
    account: FakeAccount,
    formation: FakeCloudFormation,
    package: Package,
    stage: Make,
    protected: str,
) -> None:
    deploy(account, stage(Protected=protected), package, Person(yes=True))
    kept = {stack.kept for stack in formation.stacks.values()}
    assert kept == {protected == "true"}


def test_a_stage_that_may_be_lost_from_now_on_can_be_deleted(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    deploy(account, stage(Protected="true"), package, Person(yes=True))
    person = Person(yes=True)
    deploy(account, stage(Protected="false"), package, person)
    assert {stack.kept for stack in formation.stacks.values()} == {False}
    assert "todoku-dev-primary: termination protection is off." in person.heard
    before = len(account.asked("cloudformation.UpdateTerminationProtection"))
    deploy(account, stage(Protected="false"), package, Person(yes=True))
    assert len(account.asked("cloudformation.UpdateTerminationProtection")) == before


def test_a_bucket_is_made_only_when_somebody_agrees(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    account.answers["s3.HeadBucket"] = AwsError("404", status=404)
    with pytest.raises(Declined):
        deploy(account, stage(), package, Person("n"))
    assert account.asked("s3.CreateBucket") == []
    assert formation.stacks == {}
    deploy(account, stage(), package, Person("y", "y", "y", "y"))
    assert len(account.asked("s3.CreateBucket")) == 1


def test_a_stack_that_takes_no_change_is_noticed_before_anything_is_uploaded(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    formation.put("todoku-dev", REGION, "ROLLBACK_COMPLETE")
    with pytest.raises(CommandError):
        deploy(account, stage(), package, Person(yes=True))
    assert not [name for name, _, _ in account.calls if name.startswith("s3.")]


def test_declining_a_route_leaves_the_service_as_it_was_made(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    with pytest.raises(Declined):
        deploy(account, stage(), package, Person("y", "y", "n"))
    assert set(formation.stacks) == {(REGION, "todoku-dev")}
    assert formation.stacks[REGION, "todoku-dev"].status == "UPDATE_COMPLETE"


def test_a_service_is_kept_from_deletion_though_its_route_was_declined(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    with pytest.raises(Declined, match="nothing was made"):
        deploy(account, stage(Protected="true"), package, Person("y", "y", "n"))
    assert formation.stacks[REGION, "todoku-dev"].kept


def test_who_declines_the_second_change_is_told_what_stands(
    account: FakeAccount, formation: FakeCloudFormation, package: Package, stage: Make
) -> None:
    with pytest.raises(Declined, match="stays as it stands"):
        deploy(account, stage(), package, Person("y", "n"))
