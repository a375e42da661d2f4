"""Following a stack: what happens is told once, and its rest before is not its rest after."""

from __future__ import annotations

import pytest

from ops.aws.stack_events import EACH, failed, follow, newest
from ops.aws.stacks import Stack
from ops.stage import Refused
from tests.ops.conftest import REGION, Person
from tests.ops.fake_account import Account
from tests.ops.fake_cloudformation import Formation, Standing


@pytest.fixture
def stack(formation: Formation) -> Standing:
    """A stack with a failure in its past."""
    stack = formation.put("todoku-dev", REGION, "UPDATE_COMPLETE")
    formation.happened(stack, "Addresses", "UPDATE_FAILED", "last week's reason")
    return stack


def following(
    account: Account, stack: Standing, person: Person, after: str, waits: list[float]
) -> Stack:
    client = account.clients("cloudformation", REGION)
    return follow(client, stack.id, after, person, waits.append)


def test_only_what_comes_after_is_told(
    account: Account, formation: Formation, stack: Standing
) -> None:
    before = newest(account.clients("cloudformation", REGION), "todoku-dev")
    formation.happened(stack, "Trail", "UPDATE_FAILED", "today's reason")
    person = Person()
    following(account, stack, person, before, [])
    assert "today's reason" in person.heard
    assert "last week's" not in person.heard


def test_a_failure_is_told_once(account: Account, formation: Formation, stack: Standing) -> None:
    stack.coming = ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    person, waits = Person(), list[float]()
    assert following(account, stack, person, "", waits).status == "UPDATE_COMPLETE"
    assert person.heard.count("last week's reason") == 1
    assert waits == [EACH, EACH]


def test_a_stack_at_rest_has_not_begun_until_something_happens(
    account: Account, formation: Formation, stack: Standing
) -> None:
    waits = list[float]()

    def begins(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            stack.coming = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]

    client = account.clients("cloudformation", REGION)
    before = newest(client, "todoku-dev")
    assert follow(client, stack.id, before, Person(), begins).status == "UPDATE_COMPLETE"
    assert len(waits) == 4


def test_a_stack_to_which_nothing_happens_is_believed_after_a_minute(
    account: Account, formation: Formation, stack: Standing
) -> None:
    waits = list[float]()
    before = newest(account.clients("cloudformation", REGION), "todoku-dev")
    following(account, stack, Person(), before, waits)
    assert sum(waits) == 60.0


def test_a_stack_that_somebody_deleted_is_told(
    account: Account, formation: Formation, stack: Standing
) -> None:
    formation.stacks.clear()
    with pytest.raises(Refused, match="somebody else deleted it"):
        following(account, stack, Person(), "", [])


def test_without_a_stack_there_is_no_newest_event(account: Account, formation: Formation) -> None:
    assert newest(account.clients("cloudformation", REGION), "todoku-dev") == ""


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
    assert failed({"ResourceStatus": status, "ResourceStatusReason": reason}) is own
