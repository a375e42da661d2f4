"""What the stacks of a stage should be."""

from __future__ import annotations

from ops.aws.stacks import NEVER_MADE, Stack
from ops.deploy.change_set import KEEP, Wanted
from ops.package import Package
from ops.stage.settings import Route, Stage

BASE_URL = "BaseUrl"
PROTECTED = "Protected"


def service(stage: Stage, template_url: str, stack: Stack | None) -> Wanted:
    """The service's stack. ``stack`` is what is there: where the address is API Gateway's own, it
    goes on knowing it."""
    given: dict[str, str | None] = dict(stage.service)
    if stack is None or stack.status == NEVER_MADE:
        # What is protected from its birth cannot be taken back when the creation fails.
        given[PROTECTED] = "false"
    known = stack is not None and stack.status != NEVER_MADE and BASE_URL in stack.parameters
    if known and _address_is_told(stage):
        given[BASE_URL] = KEEP
    return Wanted(stage.stack, {"TemplateURL": template_url}, given)


def settled(stage: Stage, template_url: str, stack: Stack) -> Wanted | None:
    """The service's stack told what only a stack that stands can be told; ``None`` where it knows.

    Its own address (functions -> API -> functions would be a cycle), and to protect what is in it.
    """
    given = dict(stage.service) | {PROTECTED: str(stage.protected).lower()}
    address = stack.outputs.get(BASE_URL)
    if _address_is_told(stage) and address is not None:
        given[BASE_URL] = address
    late = {name: given[name] for name in (PROTECTED, BASE_URL) if name in given}
    if all(stack.parameters.get(name) == value for name, value in late.items()):
        return None
    return Wanted(stage.stack, {"TemplateURL": template_url}, given)


def route(route: Route, package: Package, service: Stack) -> Wanted:
    """One route's stack, in the route's own region."""
    # Small enough to go along: no bucket is needed in that region.
    template = {"TemplateBody": package.sender.read_text(encoding="utf-8")}
    events = {"RecordEventsArn": service.outputs["RecordEventsArn"]}
    return Wanted(route.stack, template, {**route.parameters, **events})


def _address_is_told(stage: Stage) -> bool:
    """Whether the stack must be told its address: it has no name of its own, nor was one given."""
    return not stage.service.get("DomainName") and BASE_URL not in stage.service
