"""Quotas of the account: what Cognito and Lambda bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.clients import denied
from ops.check_result import Finding, missing, note, ok, stops
from ops.deploy.preflight.context import Ground

NEEDED = 50
"""UserCreation calls a second for 25 sign-ups: SignUp and ConfirmSignUp each take one."""
UNRESERVED = 100
"""Executions that Lambda wants left over when some are reserved; also the least for a rush."""
_MORE_LAMBDA = (
    "aws service-quotas request-service-quota-increase --service-code lambda"
    " --quota-code L-B99A9384 --desired-value 1000 --region"
)
_RESERVED = ("ApiConcurrency", "MailConcurrency")


def cognito(ground: Ground) -> Iterator[Finding]:
    """Whether sign-ups may go at the pace that is planned.

    The quota is found by its name; its exact wording is not verified on AWS.
    """
    pages = ground.here("service-quotas").get_paginator("list_service_quotas")
    try:
        quotas = [q for page in pages.paginate(ServiceCode="cognito-idp") for q in page["Quotas"]]
    except ClientError as error:
        if not denied(error):
            raise
        quotas = []
    found = [q for q in quotas if "UserCreation" in q["QuotaName"].replace(" ", "")]
    if not found:
        yield note(
            "Cognito quota",
            f"Could not be asked. Service Quotas, Amazon Cognito User Pools: UserCreation should"
            f" be {NEEDED} a second.",
        )
        return
    value = found[0]["Value"]
    if value < NEEDED:
        yield missing(
            "Cognito quota",
            f"UserCreation is {value:g} a second, {NEEDED} are planned (25 sign-ups, each two"
            " calls). Ask for more at Service Quotas, Amazon Cognito User Pools.",
        )
    else:
        yield ok("Cognito quota", f"UserCreation {value:g} a second, {NEEDED} are planned")


def functions(ground: Ground) -> Iterator[Finding]:
    """Whether Lambda runs enough at once, and may reserve what the stage reserves."""
    limits = ground.here("lambda").get_account_settings()["AccountLimit"]
    before = ground.service.parameters if ground.service else {}
    yield concurrency(limits, ground.parameters, before, ground.stage.region)


def concurrency(
    limits: Mapping[str, Any], wanted: Mapping[str, str], before: Mapping[str, str], region: str
) -> Finding:
    """``before``: the parameters of the stack as it is; what it reserves may be used again."""
    in_all, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    reserved = sum(int(wanted.get(name, 0)) for name in _RESERVED)
    left = free + sum(int(before.get(name, 0)) for name in _RESERVED) - reserved
    if reserved and left < UNRESERVED:
        return stops(
            "Lambda quota",
            f"{' + '.join(_RESERVED)} reserve {reserved} and leave {left} unreserved; Lambda wants"
            f" {UNRESERVED} left. Reserve less, or ask for more: {_MORE_LAMBDA} {region}",
        )
    if in_all < UNRESERVED:
        return missing(
            "Lambda quota",
            f"{in_all} executions at once, as new accounts have: a rush is answered with 503."
            f" Ask for more (a day or two): {_MORE_LAMBDA} {region}",
        )
    return ok("Lambda quota", f"{in_all} executions at once, {left} unreserved")
