"""Following a stack: what happens is told once, and its rest before is not its rest after."""

from __future__ import annotations

import pytest

from ops.aws.stack_events import POLL_INTERVAL, is_root_cause, latest_event_id, wait_for_stack
from ops.aws.stacks import Stack
from ops.errors import CommandError
from tests.ops.conftest import REGION, Person
from tests.ops.fake_account import FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation, FakeStack


@pytest.fixture
def stack(formation: FakeCloudFormation) -> FakeStack:
    """A stack with a failure in its past."""
    stack = formation.put("todoku-dev", REGION, "UPDATE_COMPLETE")
    formation.happened(stack, "Addresses", "UPDATE_FAILED", "last week's reason")
    return stack


def following(
    account: FakeAccount, stack: FakeStack, person: Person, after: str, waits: list[float]
) -> Stack:
    client = account.clients("cloudformation", REGION)
    return wait_for_stack(client, stack.id, after, person, waits.append)


def test_only_what_comes_after_is_told(
    account: FakeAccount, formation: FakeCloudFormation, stack: FakeStack
) -> None:
    before = latest_event_id(account.clients("cloudformation", REGION), "todoku-dev")
    formation.happened(stack, "Trail", "UPDATE_FAILED", "today's reason")
    person = Person()
    following(account, stack, person, before, [])
    assert "today's reason" in person.heard
    assert "last week's" not in person.heard


def test_a_failure_is_told_once(
    account: FakeAccount, formation: FakeCloudFormation, stack: FakeStack
) -> None:
    stack.coming = ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    person, waits = Person(), list[float]()
    assert following(account, stack, person, "", waits).status == "UPDATE_COMPLETE"
    assert person.heard.count("last week's reason") == 1
    assert waits == [POLL_INTERVAL, POLL_INTERVAL]


def test_a_stack_at_rest_has_not_begun_until_something_happens(
    account: FakeAccount, formation: FakeCloudFormation, stack: FakeStack
) -> None:
    waits = list[float]()

    def begins(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            stack.coming = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]

    client = account.clients("cloudformation", REGION)
    before = latest_event_id(client, "todoku-dev")
    assert wait_for_stack(client, stack.id, before, Person(), begins).status == "UPDATE_COMPLETE"
    assert len(waits) == 4


def test_a_stack_to_which_nothing_happens_is_believed_after_a_minute(
    account: FakeAccount, formation: FakeCloudFormation, stack: FakeStack
) -> None:
    waits = list[float]()
    before = latest_event_id(account.clients("cloudformation", REGION), "todoku-dev")
    following(account, stack, Person(), before, waits)
    assert sum(waits) == 60.0


def test_a_stack_that_somebody_deleted_is_told(
    account: FakeAccount, formation: FakeCloudFormation, stack: FakeStack
) -> None:
    formation.stacks.clear()
    with pytest.raises(CommandError, match="somebody else deleted it"):
        following(account, stack, Person(), "", [])


def test_without_a_stack_there_is_no_newest_event(
    account: FakeAccount, formation: FakeCloudFormation
) -> None:
    assert latest_event_id(account.clients("cloudformation", REGION), "todoku-dev") == ""


@pytest.mark.parametrize(
    ("status", "reason", "own"),
    [
        ("CREATE_FAILED", "Table limit exceeded", True),
        ("DELETE_FAILED", "", True),
        ("CREATE_FAILED", "Resource creation cancelled", False),
        ("CREATE_FAILED", "The following resource(s) failed to create: [Trail].", False),
        ("CREATE_COMPLETE", "", False),
    ],
)
def test_consequences_are_no_failures_of_their_own(status: str, reason: str, own: bool) -> None:
    assert is_root_cause({"ResourceStatus": status, "ResourceStatusReason": reason}) is own
