"""CloudFormation's calls for a change set: create and describe, execute, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.errors import error_code
from ops.aws.stacks import REVIEW_IN_PROGRESS, find_stack
from ops.deploy.change_set import ChangeSet, ResourceChange
from ops.deploy.desired_stack import USE_PREVIOUS_VALUE, DesiredStack
from ops.errors import CommandError

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
"""The functions' roles, and SAM's transform."""
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


def create_change_set(
    cloudformation: Any,
    desired: DesiredStack,
    change_set: ChangeSet,
    sleep: Callable[[float], None],
) -> ChangeSet | None:
    """Create the change set and return it with its changes; ``None`` when nothing changes.

    Raises ``CommandError`` with CloudFormation's reason. Whatever comes of it, there may be a
    change set to delete. The token makes a repeated call, after a lost answer, the same change
    set.
    """
    try:
        cloudformation.create_change_set(
            StackName=desired.stack,
            ChangeSetName=change_set.name,
            ClientToken=change_set.token,
            ChangeSetType="CREATE" if change_set.creates_stack else "UPDATE",
            Capabilities=CAPABILITIES,
            Parameters=[_parameter(*each) for each in desired.parameters.items()],
            **desired.template,
        )
    except ClientError as error:
        # A repeated call whose first answer was lost: the name has a random part, it is ours.
        if error_code(error) != "AlreadyExistsException":
            raise
    changes: list[ResourceChange] = []
    next_page: dict[str, str] = {}
    while True:
        described = cloudformation.describe_change_set(
            StackName=desired.stack, ChangeSetName=change_set.name, **next_page
        )
        match described["Status"]:
            case "CREATE_COMPLETE":
                changes += _resource_changes(described)
            case "FAILED":
                reason = described.get("StatusReason", "")
                if any(words in reason for words in _NO_CHANGES):
                    return None
                raise CommandError(
                    f"{desired.stack}: CloudFormation refuses the change set: {reason}"
                )
            case _:
                sleep(2)
                continue
        if "NextToken" not in described:
            break
        next_page = {"NextToken": described["NextToken"]}
    return replace(change_set, changes=tuple(changes))


def delete_change_set(cloudformation: Any, change_set: ChangeSet) -> None:
    """Delete the change set, and the empty stack of a creation that never began; not when it has
    another change set, which somebody else may be looking at."""
    if change_set.creates_stack and find_stack(cloudformation, change_set.stack) is None:
        return
    try:
        cloudformation.delete_change_set(StackName=change_set.stack, ChangeSetName=change_set.name)
    except ClientError as error:
        if error_code(error) != "ChangeSetNotFound":
            raise
    # Somebody else may have made the stack meanwhile: only an empty one is deleted.
    stack = find_stack(cloudformation, change_set.stack) if change_set.creates_stack else None
    if stack is None or stack.status != REVIEW_IN_PROGRESS:
        return
    if not _other_change_sets(cloudformation, stack.id, change_set.name):
        cloudformation.delete_stack(StackName=stack.id)


def _other_change_sets(cloudformation: Any, stack: str, ours: str) -> list[str]:
    """The names of a stack's change sets but ours, which may be listed a moment longer."""
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack)
    names = (each["ChangeSetName"] for page in pages for each in page["Summaries"])
    return [name for name in names if name != ours]


def execute_change_set(cloudformation: Any, change_set: ChangeSet) -> None:
    """Start the execution. A repeated call, after a lost answer, is no error."""
    try:
        cloudformation.execute_change_set(
            StackName=change_set.stack,
            ChangeSetName=change_set.name,
            ClientRequestToken=change_set.token,
            # Else a first creation that fails leaves the pepper's secret behind.
            RetainExceptOnCreate=True,
        )
    except ClientError as error:
        refused = error_code(error) == "InvalidChangeSetStatus"
        if not refused or not has_started(cloudformation, change_set):
            raise


def has_started(cloudformation: Any, change_set: ChangeSet) -> bool:
    """Whether the execution has started, although its answer was lost or not waited for."""
    try:
        described = cloudformation.describe_change_set(
            StackName=change_set.stack, ChangeSetName=change_set.name
        )
    except ClientError as error:
        if error_code(error) not in {"ChangeSetNotFound", "ValidationError"}:
            raise
        return False
    return str(described.get("ExecutionStatus", "")).startswith("EXECUTE_")


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    if value is USE_PREVIOUS_VALUE:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def _resource_changes(described: Mapping[str, Any]) -> Iterator[ResourceChange]:
    for each in described.get("Changes", []):
        change = each.get("ResourceChange")
        if change:
            yield ResourceChange(
                change["Action"],
                change["LogicalResourceId"],
                change["ResourceType"],
                change.get("Replacement", ""),
            )
