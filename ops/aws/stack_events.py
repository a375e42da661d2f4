"""Following a stack until CloudFormation is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.clients import code
from ops.aws.stacks import Stack, find
from ops.stage import Refused
from ops.terminal import Terminal

EACH = 4.0
"""Seconds between two looks."""
_LOOKS = 15
_CONSEQUENCE = (
    "Resource creation cancelled",
    "Resource update cancelled",
    "The following resource(s) failed",
)
"""How the reasons begin that only follow from another's failure."""


def newest(cloudformation: Any, stack: str) -> str:
    """The id of the stack's last event, to tell what comes after it; empty without."""
    try:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    except ClientError as error:
        if code(error) != "ValidationError":
            raise
        return ""
    return str(events[0]["EventId"]) if events else ""


def follow(
    cloudformation: Any,
    stack: str,
    after: str,
    terminal: Terminal,
    sleep: Callable[[float], None],
) -> Stack:
    """Show what happens to ``stack`` (its id) after the event ``after``, until it is over.

    Until something has happened, a stack that looks at rest has only not begun yet; after a
    minute without an event it is believed.

    What fails is printed with its reason as soon as it does. Ctrl-C stops the looking, never
    CloudFormation.
    """
    done: set[str] = set()
    looks, begun = 0, False
    with terminal.waiting(stack) as status:
        while True:
            now = find(cloudformation, stack)
            if now is None:
                raise Refused(f"{stack} is not there any more: somebody else deleted it.")
            for event in _since(cloudformation, stack, after):
                after, begun = event["EventId"], True
                name, state = event["LogicalResourceId"], event["ResourceStatus"]
                if state.endswith("_COMPLETE"):
                    done.add(name)
                status.update(f"{now.name}: {len(done)} done; {name} {state}")
                if failed(event):
                    reason = event.get("ResourceStatusReason", "")
                    terminal.say(f"  {name} ({event['ResourceType']}): {reason}", "red")
            looks += 1
            over = now.status == "DELETE_COMPLETE" or begun or looks > _LOOKS
            if over and not now.busy:
                return now
            sleep(EACH)


def failed(event: Mapping[str, Any]) -> bool:
    """Whether an event is a failure of its own, not a consequence of another's."""
    if not str(event["ResourceStatus"]).endswith("_FAILED"):
        return False
    return not str(event.get("ResourceStatusReason", "")).startswith(_CONSEQUENCE)


def _since(cloudformation: Any, stack: str, after: str) -> list[Mapping[str, Any]]:
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
