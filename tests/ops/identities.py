"""SES's identities in a fake account: in each region those that its stacks have made."""

from __future__ import annotations

from typing import Any

from tests.ops.fake_account import AwsError, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation


def identities_of_stacks(account: FakeAccount, formation: FakeCloudFormation) -> None:
    """Have SES know the identities of the stacks, and CloudFormation fail to make one twice."""

    def owner(region: str, domain: str) -> str | None:
        for (at, name), stack in formation.stacks.items():
            made = stack.status not in {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"}
            if at == region and made and stack.parameters.get("Domain") == domain:
                return name
        return None

    def get(region: str, given: dict[str, Any]) -> dict[str, Any]:
        if owner(region, given["EmailIdentity"]) is None:
            raise AwsError("NotFoundException", "no identity", 404)
        return {}

    def execute(region: str, given: dict[str, Any]) -> dict[str, Any]:
        stack = formation.stacks[region, given["StackName"]]
        domain = stack.change_sets[given["ChangeSetName"]]["parameters"].get("Domain", "")
        if owner(region, domain) not in {None, stack.name}:
            formation.fails[stack.name] = f"{domain} already exists"
        return formation.ExecuteChangeSet(region, given)

    account.answers["sesv2.GetEmailIdentity"] = get
    account.answers["cloudformation.ExecuteChangeSet"] = execute
