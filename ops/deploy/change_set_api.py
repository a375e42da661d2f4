"""A change set at CloudFormation: made, read, executed, or thrown away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.clients import code
from ops.aws.stacks import NEVER_MADE, find
from ops.deploy.change_set import KEEP, Change, Draft, Wanted
from ops.stage import Refused

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
"""The functions' roles, and SAM's transform."""
_NOTHING = ("didn't contain changes", "No updates are to be performed")


def draw(
    cloudformation: Any, wanted: Wanted, draft: Draft, sleep: Callable[[float], None]
) -> Draft | None:
    """Make the change set and read it; ``None`` when nothing changes.

    Raises ``Refused`` with CloudFormation's reason. Whatever comes of it, there may be a change
    set to ``discard``. The token makes a repeated call, after a lost answer, the same change set.
    """
    try:
        cloudformation.create_change_set(
            StackName=wanted.stack,
            ChangeSetName=draft.name,
            ClientToken=draft.token,
            ChangeSetType="CREATE" if draft.first else "UPDATE",
            Capabilities=CAPABILITIES,
            Parameters=[_parameter(*each) for each in wanted.parameters.items()],
            **wanted.template,
        )
    except ClientError as error:
        # A repeated call whose first answer was lost: the name has a random part, it is ours.
        if code(error) != "AlreadyExistsException":
            raise
    changes: list[Change] = []
    more: dict[str, str] = {}
    while True:
        read = cloudformation.describe_change_set(
            StackName=wanted.stack, ChangeSetName=draft.name, **more
        )
        match read["Status"]:
            case "CREATE_COMPLETE":
                changes += _changes(read)
            case "FAILED":
                reason = read.get("StatusReason", "")
                if any(words in reason for words in _NOTHING):
                    return None
                raise Refused(f"{wanted.stack}: CloudFormation refuses the change set: {reason}")
            case _:
                sleep(2)
                continue
        if "NextToken" not in read:
            break
        more = {"NextToken": read["NextToken"]}
    return replace(draft, changes=tuple(changes))


def discard(cloudformation: Any, draft: Draft) -> None:
    """Delete the change set, and the empty stack of a creation that never began; not when it has
    another change set, which somebody else may be looking at."""
    if draft.first and find(cloudformation, draft.stack) is None:
        return
    try:
        cloudformation.delete_change_set(StackName=draft.stack, ChangeSetName=draft.name)
    except ClientError as error:
        if code(error) != "ChangeSetNotFound":
            raise
    # Somebody else may have made the stack meanwhile: only an empty one is deleted.
    stack = find(cloudformation, draft.stack) if draft.first else None
    if stack is None or stack.status != NEVER_MADE:
        return
    if not _others(cloudformation, stack.id, draft.name):
        cloudformation.delete_stack(StackName=stack.id)


def _others(cloudformation: Any, stack: str, ours: str) -> list[str]:
    """The names of a stack's change sets but ours, which may be listed a moment longer."""
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack)
    names = (each["ChangeSetName"] for page in pages for each in page["Summaries"])
    return [name for name in names if name != ours]


def execute(cloudformation: Any, draft: Draft) -> None:
    """Begin. Raises ``Refused`` when the stack has changed since the change set was made."""
    try:
        cloudformation.execute_change_set(
            StackName=draft.stack,
            ChangeSetName=draft.name,
            ClientRequestToken=draft.token,
            # Else a first creation that fails leaves the pepper's secret behind.
            RetainExceptOnCreate=True,
        )
    except ClientError as error:
        if code(error) != "InvalidChangeSetStatus" or not begun(cloudformation, draft):
            raise


def begun(cloudformation: Any, draft: Draft) -> bool:
    """Whether an execution that was not answered, or not waited for, was heard."""
    try:
        read = cloudformation.describe_change_set(StackName=draft.stack, ChangeSetName=draft.name)
    except ClientError as error:
        if code(error) not in {"ChangeSetNotFound", "ValidationError"}:
            raise
        return False
    return str(read.get("ExecutionStatus", "")).startswith("EXECUTE_")


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    if value is KEEP:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def _changes(read: Mapping[str, Any]) -> Iterator[Change]:
    for each in read.get("Changes", []):
        change = each.get("ResourceChange")
        if change:
            yield Change(
                change["Action"],
                change["LogicalResourceId"],
                change["ResourceType"],
                change.get("Replacement", ""),
            )
