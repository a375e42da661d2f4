"""CloudFormation stacks: describe one, and require that it can be updated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.errors import error_code, error_message
from ops.errors import CommandError

REVIEW_IN_PROGRESS = "REVIEW_IN_PROGRESS"
"""The status of a stack that has a change set and no resources yet."""


@dataclass(frozen=True)
class Stack:
    """One stack, as DescribeStacks tells it."""

    name: str
    id: str
    """Its ARN, which goes on naming it after it was deleted."""
    region: str
    status: str
    reason: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    termination_protection: bool

    @property
    def in_progress(self) -> bool:
        """Whether CloudFormation is working on it."""
        return self.status.endswith("_IN_PROGRESS")

    @property
    def is_complete(self) -> bool:
        """Whether its last creation or update succeeded."""
        return self.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}


def find_stack(cloudformation: Any, name: str) -> Stack | None:
    """The stack of this name, or by its id also one that was deleted; ``None`` without."""
    try:
        (read,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error_code(error) == "ValidationError" and "does not exist" in error_message(error):
            return None
        raise
    return Stack(
        read["StackName"],
        read["StackId"],
        cloudformation.meta.region_name,
        read["StackStatus"],
        read.get("StackStatusReason", ""),
        {p["ParameterKey"]: p.get("ParameterValue", "") for p in read.get("Parameters", [])},
        {o["OutputKey"]: o["OutputValue"] for o in read.get("Outputs", [])},
        read.get("EnableTerminationProtection", False),
    )


def require_updatable(stack: Stack | None) -> None:
    """Raise ``CommandError`` with what to do first when the stack takes no change set now."""
    if stack is None or stack.status == REVIEW_IN_PROGRESS:
        return
    name, status = stack.name, stack.status
    delete = f"aws cloudformation delete-stack --stack-name {name} --region {stack.region}"
    if stack.in_progress:
        raise CommandError(
            f"{name} is being changed ({status}), by somebody else or a run that was stopped: wait,"
            " then try again."
        )
    if status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}:
        raise CommandError(
            f"{name} is a stack that was never whole, or no longer is ({status}), and takes no"
            f" change. Look at its events, then delete it and try again: {delete}"
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        raise CommandError(
            f"{name} could not be put back ({stack.reason or status}). Mend what its events say,"
            " then: aws cloudformation continue-update-rollback"
            f" --stack-name {name} --region {stack.region}"
        )
    if status == "UPDATE_FAILED":
        raise CommandError(
            f"{name} was left half changed ({status}), first: aws cloudformation"
            f" rollback-stack --stack-name {name} --region {stack.region}"
        )
