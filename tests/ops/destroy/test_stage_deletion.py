"""A stage that may be lost goes whole; one that must not be lost, not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ops.destroy.stage_deletion import StageDeletion
from ops.errors import CommandError, Declined
from ops.stage.settings import Stage
from tests.ops.conftest import OTHER, REGION, Person
from tests.ops.fake_account import NUMBER, AwsError, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation

Make = Callable[..., Stage]
PEPPER = f"arn:aws:secretsmanager:{REGION}:{NUMBER}:secret:Pepper-1"


def secret(arn: str, stack: str = "todoku-dev", name: str = "Pepper") -> dict[str, Any]:
    tags = {"aws:cloudformation:stack-name": stack, "aws:cloudformation:logical-id": name}
    return {"ARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@pytest.fixture(autouse=True)
def secrets(account: FakeAccount) -> None:
    account.answers["secretsmanager.ListSecrets"] = {"SecretList": []}
    account.answers["secretsmanager.DeleteSecret"] = {}


@pytest.fixture
def standing(formation: FakeCloudFormation) -> FakeCloudFormation:
    regions = {"PrimaryRegion": REGION, "SecondRegion": OTHER}
    formation.put("todoku-dev", REGION, "UPDATE_COMPLETE", Protected="false", **regions)
    formation.put("todoku-dev-primary", REGION, "CREATE_COMPLETE")
    formation.put("todoku-dev-second", OTHER, "CREATE_COMPLETE")
    return formation


def destroy(account: FakeAccount, stage: Stage, person: Person) -> list[str]:
    return StageDeletion(stage, account.clients, person, sleep=lambda seconds: None).run()


def deleted(account: FakeAccount) -> list[str]:
    return [g["StackName"].split("/")[1] for g in account.asked("cloudformation.DeleteStack")]


def test_routes_go_first_then_the_service_then_its_secret(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    person = Person("todoku-dev")
    assert destroy(account, stage(routes=2), person) == []
    assert deleted(account) == ["todoku-dev-primary", "todoku-dev-second", "todoku-dev"]
    assert standing.stacks == {}
    (gone,) = account.asked("secretsmanager.DeleteSecret")
    assert gone == {"SecretId": PEPPER, "ForceDeleteWithoutRecovery": True}
    assert account.calls[-1][0] == "secretsmanager.DeleteSecret"
    assert PEPPER in person.heard
    assert "artefact bucket" in person.heard


def test_a_route_that_the_settings_no_longer_name_goes_too(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    destroy(account, stage(routes=1), Person(yes=True))
    assert standing.stacks == {}


@pytest.mark.parametrize("answer", ["y", "yes", "todoku", "", "todoku-prod"])
def test_only_the_stack_s_name_is_a_yes(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make, answer: str
) -> None:
    with pytest.raises(Declined):
        destroy(account, stage(), Person(answer))
    assert deleted(account) == []


def test_with_nobody_to_ask_nothing_is_deleted(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    with pytest.raises(CommandError, match="no terminal"):
        destroy(account, stage(), Person())
    assert deleted(account) == []


def test_a_protected_stage_is_refused(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    with pytest.raises(CommandError, match="is protected") as error:
        destroy(account, stage(Protected="true"), Person(yes=True))
    assert "\n" not in str(error.value)
    assert deleted(account) == []


def test_a_stack_that_stands_there_protected_is_refused_whatever_the_settings_say(
    account: FakeAccount, formation: FakeCloudFormation, stage: Make
) -> None:
    formation.put("todoku-dev", REGION, "UPDATE_COMPLETE", Protected="true")
    with pytest.raises(CommandError, match="stands there protected"):
        destroy(account, stage(), Person(yes=True))


def test_termination_protection_is_respected(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    standing.stacks[OTHER, "todoku-dev-second"].kept = True
    with pytest.raises(CommandError, match="termination protection"):
        destroy(account, stage(), Person(yes=True))
    assert deleted(account) == []


def test_a_stack_at_work_is_waited_for(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    standing.stacks[REGION, "todoku-dev"].status = "UPDATE_IN_PROGRESS"
    with pytest.raises(CommandError, match="being changed"):
        destroy(account, stage(), Person(yes=True))


def test_what_could_not_be_deleted_is_told_and_the_pepper_kept(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    standing.fails["todoku-dev"] = "the table is protected"
    person = Person(yes=True)
    left = destroy(account, stage(), person)
    assert "todoku-dev is still there (DELETE_FAILED)" in left[0]
    assert "was kept: todoku-dev needs it" in left[1]
    assert "the table is protected" in person.heard
    assert account.asked("secretsmanager.DeleteSecret") == []


def test_a_route_that_stays_keeps_no_pepper(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    standing.fails["todoku-dev-primary"] = "the topic is gone"
    (left,) = destroy(account, stage(), Person(yes=True))
    assert left.startswith("todoku-dev-primary is still there")
    assert len(account.asked("secretsmanager.DeleteSecret")) == 1


def test_a_run_that_was_stopped_before_the_secret_is_finished_by_the_next(
    account: FakeAccount, formation: FakeCloudFormation, stage: Make
) -> None:
    account.answers["secretsmanager.ListSecrets"] = {
        "SecretList": [
            secret(PEPPER),
            secret("arn:of:another:stack", "todoku-prod"),
            secret("arn:of:another:secret", name="Other"),
        ]
    }
    assert destroy(account, stage(), Person("todoku-dev")) == []
    assert [g["SecretId"] for g in account.asked("secretsmanager.DeleteSecret")] == [PEPPER]


def test_where_nothing_is_nothing_is_asked(
    account: FakeAccount, formation: FakeCloudFormation, stage: Make
) -> None:
    person = Person("never asked")
    assert destroy(account, stage(), person) == []
    assert "nothing of todoku-dev" in person.heard
    assert person.asked == []


def test_a_secret_that_may_not_be_deleted_is_told(
    account: FakeAccount, standing: FakeCloudFormation, stage: Make
) -> None:
    account.answers["secretsmanager.DeleteSecret"] = AwsError("AccessDeniedException", "not you")
    (line,) = destroy(account, stage(), Person(yes=True))
    assert PEPPER in line
    assert "not you" in line
