"""The deletion of a stage: its routes' stacks, the service's stack, the secret that outlives it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.clients import Clients
from ops.aws.errors import describe_error, error_code
from ops.aws.stack_events import latest_event_id, wait_for_stack
from ops.aws.stacks import Stack, find_stack
from ops.errors import CommandError, Declined
from ops.stage.settings import ROUTES, Stage
from ops.terminal import Terminal

PEPPER = "Pepper"
"""The secret's logical id. It is retained when its stack is deleted."""
_STACK_TAG, _ID_TAG = "aws:cloudformation:stack-name", "aws:cloudformation:logical-id"


@dataclass(frozen=True)
class StageDeletion:
    """The deletion of one unprotected stage from one account. Every step may run twice."""

    stage: Stage
    clients: Clients
    terminal: Terminal
    sleep: Callable[[float], None] = time.sleep

    def run(self) -> list[str]:
        """Delete everything, and return a line for each thing that is left.

        Raises ``CommandError`` for a protected stage and ``Declined``; nothing was deleted then.
        """
        if self.stage.protected:
            raise CommandError(
                f"{self.stage.name} is protected (Protected = true): it is not deleted."
            )
        name, region = self.stage.stack, self.stage.region
        service = find_stack(self.clients("cloudformation", region), name)
        if service and service.parameters.get("Protected") == "true":
            raise CommandError(
                f"{name} stands there protected, whatever the settings say now: deploy it with"
                " Protected = false first."
            )
        stacks = [*self._route_stacks(service), *([service] if service else [])]
        for stack in stacks:
            if stack.termination_protection:
                raise CommandError(
                    f"{stack.name} has termination protection. Switch it off first: aws"
                    f" cloudformation update-termination-protection --stack-name {stack.name}"
                    f" --region {stack.region} --no-enable-termination-protection"
                )
            if stack.in_progress and stack.status not in {
                "DELETE_IN_PROGRESS",
                "REVIEW_IN_PROGRESS",
            }:
                raise CommandError(
                    f"{stack.name} is being changed ({stack.status}): wait, try again."
                )
        peppers = self._pepper_arns(service)
        if not stacks and not peppers:
            self.terminal.print_line(f"There is nothing of {name} to delete.")
            return []
        self._confirm(stacks, peppers)
        left = [line for stack in stacks if (line := self._delete_stack(stack))]
        # Without its service a pepper is worth nothing; as long as it stands, everything.
        if find_stack(self.clients("cloudformation", region), name) is not None:
            return [*left, *(f"{arn} was kept: {name} needs it" for arn in peppers)]
        return left + [line for arn in peppers if (line := self._delete_secret(arn))]

    def _route_stacks(self, service: Stack | None) -> list[Stack]:
        """The routes' stacks that exist: those of the settings, and those that were deployed."""
        places = {(route.stack, route.region) for route in self.stage.routes}
        for route in ROUTES:
            region = service.parameters.get(f"{route.capitalize()}Region") if service else None
            if region:
                places.add((f"{self.stage.stack}-{route}", region))
        found = (
            find_stack(self.clients("cloudformation", at), name) for name, at in sorted(places)
        )
        return [stack for stack in found if stack is not None]

    def _pepper_arns(self, service: Stack | None) -> list[str]:
        """The ARNs of the stack's secret, and of one left by a run that was stopped.

        That Secrets Manager shows CloudFormation's tags is not verified on AWS.
        """
        found: list[str] = []
        if service is not None:
            read = self.clients("cloudformation", self.stage.region).describe_stack_resources(
                StackName=service.id
            )
            found += [
                resource["PhysicalResourceId"]
                for resource in read["StackResources"]
                if resource["LogicalResourceId"] == PEPPER and resource.get("PhysicalResourceId")
            ]
        secrets = self.clients("secretsmanager", self.stage.region)
        for page in secrets.get_paginator("list_secrets").paginate(
            Filters=[{"Key": "tag-value", "Values": [self.stage.stack]}]
        ):
            found += [secret["ARN"] for secret in page["SecretList"] if self._is_ours(secret)]
        return list(dict.fromkeys(found))

    def _is_ours(self, secret: dict[str, Any]) -> bool:
        tags = {tag["Key"]: tag["Value"] for tag in secret.get("Tags", [])}
        return (tags.get(_STACK_TAG), tags.get(_ID_TAG)) == (self.stage.stack, PEPPER)

    def _confirm(self, stacks: list[Stack], peppers: list[str]) -> None:
        print_line = self.terminal.print_line
        print_line(
            "These are deleted, with every account, registration and trail in them:", "bold red"
        )
        for stack in stacks:
            print_line(f"  stack {stack.name} in {stack.region}")
        for arn in peppers:
            print_line(f"  secret {arn}, at once and without recovery")
        print_line(
            "These stay: the artefact bucket, the DNS records that you published, the account's"
        )
        print_line(
            "suppression list; for 35 days AWS's own backups of the tables, addresses in them; for"
        )
        print_line("30 days the KMS keys, which are only marked for deletion.")
        if not self.terminal.confirm_by_typing(
            "No account comes back.", self.stage.stack, waived=True
        ):
            raise Declined("Nothing was deleted.")

    def _delete_stack(self, stack: Stack) -> str | None:
        """Delete one stack and wait for it; why it is still there, if it is."""
        cloudformation = self.clients("cloudformation", stack.region)
        before = latest_event_id(cloudformation, stack.id)
        cloudformation.delete_stack(StackName=stack.id)
        after = wait_for_stack(cloudformation, stack.id, before, self.terminal, self.sleep)
        if after.status == "DELETE_COMPLETE":
            self.terminal.print_line(f"{stack.name}: deleted", "green")
            return None
        return f"{stack.name} is still there ({after.status}): {after.reason}"

    def _delete_secret(self, arn: str) -> str | None:
        secrets = self.clients("secretsmanager", self.stage.region)
        try:
            secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if error_code(error) == "ResourceNotFoundException":
                return None
            return f"{arn} is still there: {describe_error(error)}"
        self.terminal.print_line(f"{arn}: deleted", "green")
        return None
