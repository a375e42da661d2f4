"""Stack events: wait until CloudFormation is done with a stack, and print what fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.errors import error_code
from ops.aws.stacks import Stack, find_stack
from ops.errors import CommandError
from ops.terminal import Terminal

POLL_INTERVAL = 4.0
"""Seconds between two calls."""
_MAX_IDLE_POLLS = 15
_CASCADE_REASONS = (
    "Resource creation cancelled",
    "Resource update cancelled",
    "The following resource(s) failed",
)
"""How the reason begins where a resource fails only because another one did."""


def latest_event_id(cloudformation: Any, stack: str) -> str:
    """The id of the stack's last event, to tell what comes after it; empty without any."""
    try:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    except ClientError as error:
        if error_code(error) != "ValidationError":
            raise
        return ""
    return str(events[0]["EventId"]) if events else ""


def wait_for_stack(
    cloudformation: Any,
    stack: str,
    after: str,
    terminal: Terminal,
    sleep: Callable[[float], None],
) -> Stack:
    """Wait until no operation on ``stack`` (its id) is in progress, and return it.

    A stack that is not in progress, and has no event after the event ``after``, has not begun
    yet; after a minute without an event its status is believed.

    What fails is printed with its reason as soon as it does. Ctrl-C stops the waiting, never
    CloudFormation.
    """
    done: set[str] = set()
    polls, begun = 0, False
    with terminal.progress(stack) as status:
        while True:
            now = find_stack(cloudformation, stack)
            if now is None:
                raise CommandError(f"{stack} is not there any more: somebody else deleted it.")
            for event in _events_after(cloudformation, stack, after):
                after, begun = event["EventId"], True
                name, state = event["LogicalResourceId"], event["ResourceStatus"]
                if state.endswith("_COMPLETE"):
                    done.add(name)
                status.update(f"{now.name}: {len(done)} done; {name} {state}")
                if is_root_cause(event):
                    reason = event.get("ResourceStatusReason", "")
                    terminal.print_line(f"  {name} ({event['ResourceType']}): {reason}", "red")
            polls += 1
            over = now.status == "DELETE_COMPLETE" or begun or polls > _MAX_IDLE_POLLS
            if over and not now.in_progress:
                return now
            sleep(POLL_INTERVAL)


def is_root_cause(event: Mapping[str, Any]) -> bool:
    """Whether an event failed by itself, not because another resource did."""
    if not str(event["ResourceStatus"]).endswith("_FAILED"):
        return False
    return not str(event.get("ResourceStatusReason", "")).startswith(_CASCADE_REASONS)


def _events_after(cloudformation: Any, stack: str, after: str) -> list[Mapping[str, Any]]:
    """The events after one, oldest first. CloudFormation gives the newest first."""
    events: list[Mapping[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        read = cloudformation.describe_stack_events(StackName=stack, **more)
        for event in read["StackEvents"]:
            if event["EventId"] == after:
                return events[::-1]
            events.append(event)
        if "NextToken" not in read:
            return events[::-1]
        more = {"NextToken": read["NextToken"]}
