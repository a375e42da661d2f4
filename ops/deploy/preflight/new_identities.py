"""Preflight checks of the identities that a deployment would make in SES, and of stacks that it
would leave behind.

A route's stack makes the identity of its From domain in its own region. In one region there is one
identity of a name, and no stack can take over what another has.
"""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from ops.aws.errors import error_code
from ops.check_result import CheckResult, note, stops
from ops.deploy.preflight.context import PreflightContext
from ops.stage.settings import ROUTES, Route

_GUIDE = "docs/deploy.md, Changing a From domain"


def makes_identity(route: Route, context: PreflightContext) -> bool:
    """Whether the deployment would make the route's identity: its stack, or its domain, is new."""
    stack = context.find_stack(route.stack, route.region)
    return stack is None or stack.parameters.get("Domain", route.domain) != route.domain


def check_new_identity(route: Route, context: PreflightContext) -> Iterator[CheckResult]:
    """Check that no identity of the route's From domain exists in its region."""
    try:
        context.clients("sesv2", route.region).get_email_identity(EmailIdentity=route.domain)
    except ClientError as error:
        if error_code(error) != "NotFoundException":
            raise
        yield note(
            f"DNS {route.name}",
            f"{route.domain} is new in {route.region}: its records are told after the deployment,"
            " and until SES has seen them no mail leaves by this route.",
        )
        return
    subject = f"SES {route.name}"
    there = f"There is an identity {route.domain} in {route.region} already"
    if owner := _stack_with_identity(route, context):
        apart = len({each.region for each in context.stage.routes}) > 1
        how = (
            "Exchange the senders and leave the regions as they are"
            if apart
            else "That stack must go first"
        )
        yield stops(
            subject,
            f"{there}, of {owner}, and this route's stack could not make it. {how} ({_GUIDE}).",
        )
        return
    yield stops(
        subject,
        f"{there}, of another stage or made by hand, and the route's stack could not make it. Take"
        " another domain, or delete it: aws sesv2 delete-email-identity --email-identity"
        f" {route.domain} --region {route.region}",
    )


def _stack_with_identity(route: Route, context: PreflightContext) -> str | None:
    """The stack of this stage's routes that has made the identity that ``route`` wants."""
    for name in ROUTES:
        stack = context.find_stack(f"{context.stage.stack}-{name}", route.region)
        if stack is not None and stack.parameters.get("Domain") == route.domain:
            return stack.name
    return None


def check_left_behind(context: PreflightContext) -> Iterator[CheckResult]:
    """Name the routes' stacks that the settings know no more: nothing deletes them."""
    before = context.service_stack.parameters if context.service_stack else {}
    regions = {route.name: route.region for route in context.stage.routes}
    for name in ROUTES:
        region = before.get(f"{name.capitalize()}Region", "")
        sent = before.get(f"{name.capitalize()}Sender", "")
        stack = f"{context.stage.stack}-{name}"
        if not region or not sent or regions.get(name) == region:
            continue
        if context.find_stack(stack, region) is None:
            continue
        here = f"--stack-name {stack} --region {region}"
        yield note(
            f"stack {stack}",
            f"It stays in {region}, with its identity and alarms, after the route has left. Once"
            " the deployment is done: aws cloudformation update-termination-protection"
            f" --no-enable-termination-protection {here}; aws cloudformation delete-stack {here}",
        )
