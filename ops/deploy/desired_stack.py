"""The desired state of a stage's stacks: template and parameters of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops.aws.stacks import REVIEW_IN_PROGRESS, Stack
from ops.package import Package
from ops.stage.settings import Route, Stage

BASE_URL = "BaseUrl"
PROTECTED = "Protected"
USE_PREVIOUS_VALUE = None
"""The value of a parameter that stays as it is in the stack."""


@dataclass(frozen=True)
class DesiredStack:
    """The template and the parameters that a stack should have."""

    stack: str
    template: Mapping[str, str]
    """``TemplateURL`` or ``TemplateBody``."""
    parameters: Mapping[str, str | None]


def service_stack(stage: Stage, template_url: str, stack: Stack | None) -> DesiredStack:
    """The desired state of the service's stack, which is ``stack`` now.

    Its first creation leaves out what only a stack that exists can be told, see
    ``completed_service_stack``."""
    given: dict[str, str | None] = dict(stage.service)
    if stack is None or stack.status == REVIEW_IN_PROGRESS:
        # What is protected from the start cannot be taken back when the creation fails.
        given[PROTECTED] = "false"
    elif BASE_URL in stack.parameters and _needs_base_url(stage):
        given[BASE_URL] = USE_PREVIOUS_VALUE
    return DesiredStack(stage.stack, {"TemplateURL": template_url}, given)


def completed_service_stack(stage: Stage, template_url: str, stack: Stack) -> DesiredStack | None:
    """The desired state of the service's stack once it exists; ``None`` where it has it.

    Two parameters must wait for it: its own address (functions -> API -> functions would be a
    cycle), and the protection of what is in it.
    """
    given = dict(stage.service) | {PROTECTED: str(stage.protected).lower()}
    address = stack.outputs.get(BASE_URL)
    if _needs_base_url(stage) and address is not None:
        given[BASE_URL] = address
    late = {name: given[name] for name in (PROTECTED, BASE_URL) if name in given}
    if all(stack.parameters.get(name) == value for name, value in late.items()):
        return None
    return DesiredStack(stage.stack, {"TemplateURL": template_url}, given)


def route_stack(route: Route, package: Package, service: Stack) -> DesiredStack:
    """The desired state of one route's stack, in the route's own region."""
    # Small enough to go along: no bucket is needed in that region.
    template = {"TemplateBody": package.sender.read_text(encoding="utf-8")}
    events = {"RecordEventsArn": service.outputs["RecordEventsArn"]}
    return DesiredStack(route.stack, template, {**route.parameters, **events})


def _needs_base_url(stage: Stage) -> bool:
    """Whether the stack must be told API Gateway's address: no host name and no other is given."""
    return not stage.service.get("DomainName") and BASE_URL not in stage.service
