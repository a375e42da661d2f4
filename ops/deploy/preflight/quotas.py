"""Preflight checks of the account's quotas: Cognito's UserCreation, Lambda's concurrency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from cloudformation.template import Template
from ops.aws.errors import is_access_denied
from ops.check_result import CheckResult, missing, note, ok, stops
from ops.deploy.preflight.context import PreflightContext
from ops.planned_load import QUEUE_EXECUTIONS, SIGN_UPS_PER_SECOND

_CALLS_PER_SIGN_UP = 2
"""SignUp and ConfirmSignUp each take one call of UserCreation."""
NEEDED_USER_CREATIONS = _CALLS_PER_SIGN_UP * SIGN_UPS_PER_SECOND
"""A second."""
MIN_UNRESERVED = 100
"""Concurrent executions that Lambda wants unreserved; also the least for a rush."""
_MORE_LAMBDA = (
    "aws service-quotas request-service-quota-increase --service-code lambda"
    " --quota-code L-B99A9384 --desired-value 1000 --region"
)
_RESERVED = ("ApiConcurrency", "MailConcurrency")


def cognito_quota(context: PreflightContext) -> Iterator[CheckResult]:
    """Check that UserCreation's quota is enough for the planned sign-ups.

    The quota is found by its name; its exact wording is not verified on AWS.
    """
    pages = context.client("service-quotas").get_paginator("list_service_quotas")
    try:
        quotas = [q for page in pages.paginate(ServiceCode="cognito-idp") for q in page["Quotas"]]
    except ClientError as error:
        if not is_access_denied(error):
            raise
        quotas = []
    found = [q for q in quotas if "UserCreation" in q["QuotaName"].replace(" ", "")]
    if not found:
        yield note(
            "Cognito quota",
            f"Could not be asked. Service Quotas, Amazon Cognito User Pools: UserCreation should"
            f" be {NEEDED_USER_CREATIONS} a second.",
        )
        return
    value = found[0]["Value"]
    if value < NEEDED_USER_CREATIONS:
        yield missing(
            "Cognito quota",
            f"UserCreation is {value:g} a second, {NEEDED_USER_CREATIONS} are planned"
            f" ({SIGN_UPS_PER_SECOND} sign-ups, each two calls). Ask for more at Service Quotas,"
            " Amazon Cognito User Pools.",
        )
    else:
        yield ok(
            "Cognito quota", f"UserCreation {value:g} a second, {NEEDED_USER_CREATIONS} are planned"
        )


def lambda_quota(context: PreflightContext) -> Iterator[CheckResult]:
    """Check that Lambda's concurrency is enough, and that the stage may reserve its share."""
    limits = context.client("lambda").get_account_settings()["AccountLimit"]
    before = context.service_stack.parameters if context.service_stack else {}
    yield check_concurrency(limits, context.parameters, before, context.stage.region)


def _hours_until_dead_letter() -> float:
    """How long a message is tried, at least."""
    queues = Template.read().of_type("AWS::SQS::Queue").values()
    seconds: list[int] = [
        queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
        for queue in queues
        if "RedrivePolicy" in queue
    ]
    return min(seconds) / 3600


def check_concurrency(
    limits: Mapping[str, Any], wanted: Mapping[str, str], before: Mapping[str, str], region: str
) -> CheckResult:
    """Check the account's concurrency against what the stage reserves.

    ``before``: the parameters of the stack as it is; what it reserves may be used again.
    """
    in_all, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    reserved = sum(int(wanted.get(name, 0)) for name in _RESERVED)
    left = free + sum(int(before.get(name, 0)) for name in _RESERVED) - reserved
    if reserved and left < MIN_UNRESERVED:
        return stops(
            "Lambda quota",
            f"{' + '.join(_RESERVED)} reserve {reserved} and leave {left} unreserved; Lambda wants"
            f" {MIN_UNRESERVED} left. Reserve less, or ask for more: {_MORE_LAMBDA} {region}",
        )
    if in_all < MIN_UNRESERVED:
        return missing(
            "Lambda quota",
            f"{in_all} executions at once, as new accounts have: a rush is answered with 503. The"
            f" queues alone may take {QUEUE_EXECUTIONS}, and a job that finds none left has used up"
            f" one of its tries: after {_hours_until_dead_letter():g} hours of that it is a dead"
            f" letter. Ask for more (a day or two): {_MORE_LAMBDA} {region}",
        )
    return ok("Lambda quota", f"{in_all} executions at once, {left} unreserved")
