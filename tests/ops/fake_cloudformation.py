"""CloudFormation, small: change sets, and stacks that become what they say after a few looks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.ops.fake_account import NUMBER, AwsError, FakeAccount

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ADDED = {
    "Action": "Add",
    "LogicalResourceId": "Addresses",
    "ResourceType": "AWS::DynamoDB::Table",
}


@dataclass
class FakeStack:
    """One stack."""

    name: str
    region: str
    id: str
    status: str = "REVIEW_IN_PROGRESS"
    parameters: dict[str, str] = field(default_factory=dict)
    template: str = ""
    kept: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    change_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    executed: dict[str, dict[str, Any]] = field(default_factory=dict)
    coming: list[str] = field(default_factory=list)
    """The states that the next looks find."""


class FakeCloudFormation:
    """Answers for an ``FakeAccount``."""

    def __init__(
        self, account: FakeAccount, outputs: Callable[[FakeStack], dict[str, str]]
    ) -> None:
        self.stacks: dict[tuple[str, str], FakeStack] = {}
        self.gone: list[FakeStack] = []
        self.changes: list[dict[str, Any]] = [{"Type": "Resource", "ResourceChange": ADDED}]
        self.fails: dict[str, str] = {}
        """By stack: the reason why its next change, or deletion, fails."""
        self._outputs = outputs
        self._numbers = itertools.count(1)
        for name in (
            "CreateChangeSet",
            "DescribeChangeSet",
            "DeleteChangeSet",
            "ListChangeSets",
            "ExecuteChangeSet",
            "DescribeStacks",
            "DescribeStackEvents",
            "DescribeStackResources",
            "DeleteStack",
            "UpdateTerminationProtection",
        ):
            account.answers[f"cloudformation.{name}"] = getattr(self, name)

    def put(self, name: str, region: str, status: str, **parameters: str) -> FakeStack:
        """A stack that is there already."""
        arn = f"arn:aws:cloudformation:{region}:{NUMBER}:stack/{name}/{next(self._numbers)}"
        stack = FakeStack(name, region, arn, status, parameters)
        self.stacks[region, name] = stack
        return stack

    def CreateChangeSet(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        name = given["StackName"]
        stack = self.stacks.get((region, name))
        if given["ChangeSetType"] == "CREATE":
            stack = stack or self.put(name, region, "REVIEW_IN_PROGRESS")
        elif stack is None:
            raise AwsError("ValidationError", f"Stack [{name}] does not exist")
        assert stack.status in {"REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE"}
        if given["ChangeSetName"] in stack.change_sets:
            raise AwsError("AlreadyExistsException", "ChangeSet already exists")
        parameters = {
            p["ParameterKey"]: stack.parameters[p["ParameterKey"]]
            if p.get("UsePreviousValue")
            else p["ParameterValue"]
            for p in given["Parameters"]
        }
        template = given.get("TemplateURL") or given["TemplateBody"]
        same = (template, parameters) == (stack.template, stack.parameters)
        stack.change_sets[given["ChangeSetName"]] = {
            "parameters": parameters,
            "template": template,
            "looks": 0,
            "same": same,
        }
        return {"Id": f"{stack.id}/{given['ChangeSetName']}", "StackId": stack.id}

    def DescribeChangeSet(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        change_set = self._change_set(region, given)
        if given["ChangeSetName"] in self._stack(region, given).executed:
            return {"Status": "CREATE_COMPLETE", "ExecutionStatus": "EXECUTE_IN_PROGRESS"}
        change_set["looks"] += 1
        if change_set["looks"] == 1:
            return {"Status": "CREATE_IN_PROGRESS"}
        if change_set["same"]:
            return {"Status": "FAILED", "StatusReason": "No updates are to be performed."}
        # Two pages, as a large stack has.
        half = len(self.changes) // 2
        if "NextToken" in given:
            return {"Status": "CREATE_COMPLETE", "Changes": self.changes[half:]}
        first = {"Status": "CREATE_COMPLETE", "Changes": self.changes[:half], "NextToken": "2"}
        return {**first, "ExecutionStatus": "AVAILABLE"}

    def DeleteChangeSet(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        self._change_set(region, given)
        if given["ChangeSetName"] in self._stack(region, given).executed:
            raise AwsError("InvalidChangeSetStatus", "cannot be deleted in EXECUTE_IN_PROGRESS")
        del self._stack(region, given).change_sets[given["ChangeSetName"]]
        return {}

    def ListChangeSets(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        # One to a page.
        names, at = list(self._stack(region, given).change_sets), int(given.get("NextToken", 0))
        read: dict[str, Any] = {"Summaries": [{"ChangeSetName": it} for it in names[at : at + 1]]}
        return read if at + 1 >= len(names) else {**read, "NextToken": str(at + 1)}

    def ExecuteChangeSet(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        change_set, stack = self._change_set(region, given), self._stack(region, given)
        if given["ChangeSetName"] in stack.executed:
            raise AwsError("InvalidChangeSetStatus", "already executing")
        verb = "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        reason = self.fails.pop(stack.name, "")
        stack.status = f"{verb}_IN_PROGRESS"
        self.happened(stack, stack.name, stack.status)
        if reason:
            self.happened(stack, "Addresses", f"{verb}_FAILED", reason)
            self.happened(stack, "Trail", f"{verb}_FAILED", "Resource creation cancelled")
        end = {"CREATE": "ROLLBACK_COMPLETE", "UPDATE": "UPDATE_ROLLBACK_COMPLETE"}[verb]
        if verb == "CREATE" and change_set["parameters"].get("Protected") == "true":
            # What was made of it already cannot be deleted again.
            end = "ROLLBACK_FAILED"
        if not reason:
            end = f"{verb}_COMPLETE"
            stack.parameters, stack.template = change_set["parameters"], change_set["template"]
        stack.coming = [stack.status, end]
        stack.executed[given["ChangeSetName"]] = change_set
        stack.change_sets.clear()
        return {}

    def DescribeStacks(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        stack = self._stack(region, given)
        if stack.coming:
            stack.status = stack.coming.pop(0)
            self.happened(stack, stack.name, stack.status)
            if stack.status == "DELETE_COMPLETE":
                self.gone.append(self.stacks.pop((region, stack.name)))
        outputs = self._outputs(stack) if stack.status != "REVIEW_IN_PROGRESS" else {}
        told = {
            "StackName": stack.name,
            "StackId": stack.id,
            "CreationTime": NOW,
            "StackStatus": stack.status,
            "EnableTerminationProtection": stack.kept,
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in stack.parameters.items()
            ],
            "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()],
        }
        return {"Stacks": [told]}

    def DescribeStackEvents(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        events = self._stack(region, given).events[::-1]
        if "NextToken" in given:
            return {"StackEvents": events[1:]}
        return {"StackEvents": events[:1], "NextToken": "2"} if events else {"StackEvents": []}

    def DescribeStackResources(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        pepper = {
            "LogicalResourceId": "Pepper",
            "PhysicalResourceId": f"arn:aws:secretsmanager:{region}:{NUMBER}:secret:Pepper-1",
            "ResourceType": "AWS::SecretsManager::Secret",
            "ResourceStatus": "CREATE_COMPLETE",
            "Timestamp": NOW,
        }
        return {"StackResources": [pepper]}

    def DeleteStack(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        stack = self._stack(region, given)
        if stack.status == "REVIEW_IN_PROGRESS":
            self.gone.append(self.stacks.pop((region, stack.name)))
            return {}
        reason = self.fails.pop(stack.name, "")
        stack.status = "DELETE_IN_PROGRESS"
        self.happened(stack, stack.name, stack.status)
        if reason:
            self.happened(stack, "Addresses", "DELETE_FAILED", reason)
        stack.coming = [stack.status, "DELETE_FAILED" if reason else "DELETE_COMPLETE"]
        return {}

    def UpdateTerminationProtection(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        self._stack(region, given).kept = given["EnableTerminationProtection"]
        return {}

    def _stack(self, region: str, given: dict[str, Any]) -> FakeStack:
        name = given["StackName"]
        for stack in (*self.stacks.values(), *self.gone):
            if stack.region == region and name == stack.id:
                return stack
        if (region, name) in self.stacks:
            return self.stacks[region, name]
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")

    def _change_set(self, region: str, given: dict[str, Any]) -> dict[str, Any]:
        stack = self._stack(region, given)
        change_sets = stack.change_sets | stack.executed
        if given["ChangeSetName"] not in change_sets:
            raise AwsError("ChangeSetNotFound", "ChangeSet does not exist")
        return change_sets[given["ChangeSetName"]]

    def happened(self, stack: FakeStack, what: str, state: str, reason: str = "") -> None:
        event = {
            "EventId": f"e{next(self._numbers)}",
            "StackId": stack.id,
            "StackName": stack.name,
            "Timestamp": NOW,
            "LogicalResourceId": what,
            "ResourceType": "AWS::DynamoDB::Table",
            "ResourceStatus": state,
        }
        stack.events.append({**event, "ResourceStatusReason": reason} if reason else event)
