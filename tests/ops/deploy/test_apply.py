"""A stack changes only after its change set was shown and agreed to, and nothing is left else."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ops.deploy.apply import StackApplier
from ops.deploy.desired_stack import USE_PREVIOUS_VALUE, DesiredStack
from ops.errors import CommandError, Declined
from tests.ops.conftest import REGION, Person
from tests.ops.fake_account import AwsError, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation

HOLDS_DATA = (
    "AWS::DynamoDB::Table",
    "AWS::Cognito::UserPool",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::SES::EmailIdentity",
)
WANTED = DesiredStack("todoku-dev", {"TemplateBody": "{}"}, {"Protected": "false"})


def bring(account: FakeAccount, person: Person, wanted: DesiredStack = WANTED) -> Any:
    applying = StackApplier(person, sleep=lambda seconds: None)
    return applying.apply(account.clients("cloudformation", REGION), wanted)


def creating(change_set: str) -> dict[str, Any]:
    return {
        "StackName": "todoku-dev",
        "ChangeSetName": change_set,
        "ChangeSetType": "CREATE",
        "Parameters": [],
        "TemplateBody": "{}",
    }


def changing(action: str, kind: str, replacement: str | None = None) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": "Thing", "ResourceType": kind}
    if replacement:
        change["Replacement"] = replacement
    return {"Type": "Resource", "ResourceChange": change}


def test_a_first_stack_is_shown_agreed_to_and_made(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    person = Person("y")
    stack = bring(account, person)
    assert stack.status == "CREATE_COMPLETE"
    assert "Addresses" in person.heard
    (created,) = account.asked("cloudformation.CreateChangeSet")
    assert created["ChangeSetType"] == "CREATE"
    assert created["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    (executed,) = account.asked("cloudformation.ExecuteChangeSet")
    assert executed["ClientRequestToken"] == created["ClientToken"]


def test_every_page_of_a_change_set_is_shown(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    kinds = ["AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::WAFv2::WebACL"]
    formation.changes = [changing("Add", kind) for kind in kinds]
    person = Person("y")
    bring(account, person)
    assert all(kind in person.heard for kind in kinds)


@pytest.mark.parametrize("answer", ["n", "", "no", KeyboardInterrupt(), EOFError()])
def test_a_declined_creation_leaves_no_stack(
    account: FakeAccount, formation: FakeCloudFormation, answer: str | BaseException
) -> None:
    with pytest.raises((Declined, KeyboardInterrupt)):
        bring(account, Person(answer))
    assert formation.stacks == {}
    assert account.asked("cloudformation.ExecuteChangeSet") == []


def test_a_declined_creation_leaves_the_change_set_that_somebody_else_is_looking_at(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    formation.CreateChangeSet(REGION, creating("hers"))
    with pytest.raises(Declined):
        bring(account, Person("n"))
    assert list(formation.stacks[REGION, "todoku-dev"].change_sets) == ["hers"]
    assert account.asked("cloudformation.DeleteStack") == []


def test_a_change_set_that_is_listed_a_moment_longer_keeps_no_empty_stack(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    account.answers["cloudformation.DeleteChangeSet"] = {}
    with pytest.raises(Declined):
        bring(account, Person("n"))
    assert formation.stacks == {}


def test_a_declined_update_leaves_no_change_set(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    stack = formation.put("todoku-dev", REGION, "CREATE_COMPLETE")
    with pytest.raises(Declined):
        bring(account, Person("n"))
    assert stack.change_sets == {}
    assert stack.status == "CREATE_COMPLETE"


def test_with_nobody_to_ask_nothing_is_done(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    with pytest.raises(CommandError, match="no terminal"):
        bring(account, Person())
    assert formation.stacks == {}


def test_yes_answers_where_nobody_is(account: FakeAccount, formation: FakeCloudFormation) -> None:
    assert bring(account, Person(yes=True)).status == "CREATE_COMPLETE"


def test_without_a_change_nothing_changes_and_nothing_is_left(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    stack = formation.put("todoku-dev", REGION, "CREATE_COMPLETE", Protected="false")
    stack.template = "{}"
    person = Person("n")
    assert bring(account, person).status == "CREATE_COMPLETE"
    assert "nothing changes" in person.heard
    assert person.asked == []
    assert stack.change_sets == {}


@pytest.mark.parametrize(
    ("action", "replacement"), [("Remove", None), ("Modify", "True"), ("Modify", "Conditional")]
)
@pytest.mark.parametrize("kind", HOLDS_DATA)
def test_losing_data_asks_for_more_than_a_yes(
    account: FakeAccount,
    formation: FakeCloudFormation,
    action: str,
    replacement: str | None,
    kind: str,
) -> None:
    formation.put("todoku-dev", REGION, "CREATE_COMPLETE")
    formation.changes = [changing(action, kind, replacement)]
    person = Person("y", yes=True)
    with pytest.raises(Declined):
        bring(account, person)
    assert "LOSES" in person.heard
    assert bring(account, Person("todoku-dev")).status == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("action", "kind"),
    [("Remove", "AWS::CloudWatch::Alarm"), *(("Modify", kind) for kind in HOLDS_DATA)],
)
def test_what_loses_no_data_needs_no_more_than_a_yes(
    account: FakeAccount, formation: FakeCloudFormation, action: str, kind: str
) -> None:
    formation.put("todoku-dev", REGION, "CREATE_COMPLETE")
    formation.changes = [changing(action, kind, "False" if action == "Modify" else None)]
    assert bring(account, Person("y")).status == "UPDATE_COMPLETE"


def test_a_value_that_the_stack_has_is_kept(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    stack = formation.put("todoku-dev", REGION, "CREATE_COMPLETE", BaseUrl="https://abc.example")
    bring(
        account,
        Person("y"),
        DesiredStack("todoku-dev", {"TemplateBody": "{}"}, {"BaseUrl": USE_PREVIOUS_VALUE}),
    )
    assert stack.parameters == {"BaseUrl": "https://abc.example"}


def test_a_failure_is_told_with_its_own_reason(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    formation.put("todoku-dev", REGION, "UPDATE_COMPLETE")
    formation.fails["todoku-dev"] = "Table limit exceeded"
    person = Person("y")
    with pytest.raises(CommandError, match="put back as it was"):
        bring(account, person)
    assert "Table limit exceeded" in person.heard
    assert "cancelled" not in person.heard


def test_a_first_stack_that_fails_says_how_to_begin_anew(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    formation.fails["todoku-dev"] = "Table limit exceeded"
    with pytest.raises(CommandError, match="delete-stack --stack-name todoku-dev"):
        bring(account, Person("y"))
    (executed,) = account.asked("cloudformation.ExecuteChangeSet")
    assert executed["RetainExceptOnCreate"] is True


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("ROLLBACK_COMPLETE", "delete-stack"),
        ("ROLLBACK_FAILED", "delete-stack"),
        ("UPDATE_IN_PROGRESS", "is being changed"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("UPDATE_FAILED", "rollback-stack"),
    ],
)
def test_a_stack_that_takes_no_change_says_what_comes_first(
    account: FakeAccount, formation: FakeCloudFormation, status: str, words: str
) -> None:
    formation.put("todoku-dev", REGION, status)
    with pytest.raises(CommandError, match=words) as error:
        bring(account, Person("y"))
    assert "\n" not in str(error.value)
    assert account.asked("cloudformation.CreateChangeSet") == []


def test_an_empty_stack_of_a_run_that_was_stopped_is_no_hindrance(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    formation.put("todoku-dev", REGION, "REVIEW_IN_PROGRESS")
    assert bring(account, Person("y")).status == "CREATE_COMPLETE"


def test_a_refused_template_is_told_and_nothing_is_left(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    told = {"Status": "FAILED", "StatusReason": "Parameters: [PrimarySender] must have values"}
    account.answers["cloudformation.DescribeChangeSet"] = told
    with pytest.raises(CommandError, match="PrimarySender"):
        bring(account, Person("y"))
    assert formation.stacks == {}


def test_a_change_set_whose_answer_was_lost_is_found_again(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    def repeated(region: str, given: dict[str, Any]) -> dict[str, Any]:
        formation.CreateChangeSet(region, given)
        return formation.CreateChangeSet(region, given)

    account.answers["cloudformation.CreateChangeSet"] = repeated
    assert bring(account, Person("y")).status == "CREATE_COMPLETE"


def test_an_execution_whose_answer_was_lost_is_followed(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    def repeated(region: str, given: dict[str, Any]) -> dict[str, Any]:
        formation.ExecuteChangeSet(region, given)
        return formation.ExecuteChangeSet(region, given)

    account.answers["cloudformation.ExecuteChangeSet"] = repeated
    assert bring(account, Person("y")).status == "CREATE_COMPLETE"


def test_a_change_set_that_may_not_be_executed_is_thrown_away(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    account.answers["cloudformation.ExecuteChangeSet"] = AwsError("AccessDenied", "not you")
    with pytest.raises(Exception, match="AccessDenied"):
        bring(account, Person("y"))
    assert formation.stacks == {}


STOPS = [ReadTimeoutError(endpoint_url="https://cloudformation"), KeyboardInterrupt()]


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "CREATE_COMPLETE"])
@pytest.mark.parametrize("heard", [True, False])
def test_an_execution_that_was_stopped_leaves_nothing_unless_it_has_begun(
    account: FakeAccount,
    formation: FakeCloudFormation,
    stop: BaseException,
    status: str,
    heard: bool,
) -> None:
    stack = formation.put("todoku-dev", REGION, status)

    def stopped(region: str, given: dict[str, Any]) -> dict[str, Any]:
        if heard:
            formation.ExecuteChangeSet(region, given)
        raise stop

    account.answers["cloudformation.ExecuteChangeSet"] = stopped
    person = Person("y")
    with pytest.raises(type(stop)):
        bring(account, person)
    assert "may be left" not in person.heard
    assert len(stack.executed) == int(heard)
    assert stack.change_sets == {}
    assert (stack in formation.gone) == (status == "REVIEW_IN_PROGRESS" and not heard)


def test_a_stop_just_before_it_is_executed_leaves_nothing(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    def stopped(region: str, given: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    account.answers["cloudformation.DescribeStackEvents"] = stopped
    with pytest.raises(KeyboardInterrupt):
        bring(account, Person("y"))
    assert formation.stacks == {}


def test_what_went_wrong_first_is_what_is_raised(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    def stopped(region: str, given: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    account.answers["cloudformation.ExecuteChangeSet"] = AwsError("AccessDenied", "not you")
    account.answers["cloudformation.DeleteChangeSet"] = stopped
    person = Person("y")
    with pytest.raises(ClientError, match="AccessDenied"):
        bring(account, person)
    assert "may be left: stopped" in person.heard


def test_credentials_that_expire_meanwhile_say_what_may_be_left(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    expired = AwsError("ExpiredToken", "expired")
    account.answers["cloudformation.DescribeChangeSet"] = expired
    formation.put("todoku-dev", REGION, "CREATE_COMPLETE")
    account.answers["cloudformation.DeleteChangeSet"] = expired
    person = Person("y")
    with pytest.raises(Exception, match="ExpiredToken"):
        bring(account, person)
    assert "may be left" in person.heard


def test_a_stack_that_somebody_else_made_meanwhile_is_not_deleted(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    class Late(Person):
        def confirm(self, question: str) -> bool:
            formation.stacks[REGION, "todoku-dev"].status = "CREATE_COMPLETE"
            return False

    with pytest.raises(Declined):
        bring(account, Late())
    assert account.asked("cloudformation.DeleteStack") == []
