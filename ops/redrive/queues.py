"""The queues of dead letters of a stage, by the names that alarms and docs call them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.jobs import Job, MailAgain
from ops.aws.clients import Clients
from ops.errors import CommandError
from ops.redrive.dead_letter_queue import DeadLetterQueue
from ops.redrive.destinations import BackToQueue, Destination, InvokeAgain, RecordAgain
from ops.stage.settings import ROUTES, Stage

FAILED_INVOCATIONS = "failed-invocations"
_LOST_EVENTS = "-lost-events"
_MESSAGES: dict[str, type[Job] | type[MailAgain]] = {"jobs": Job, "resends": MailAgain}
QUEUES = (*_MESSAGES, FAILED_INVOCATIONS, *(f"{route}{_LOST_EVENTS}" for route in ROUTES))

_QUEUE, _FUNCTION = "AWS::SQS::Queue", "AWS::Lambda::Function"


def find_queue(name: str, stage: Stage, clients: Clients) -> tuple[DeadLetterQueue, Destination]:
    """The queue ``name`` of ``QUEUES``, and where its letters go. Raises ``CommandError``."""
    sqs, functions = clients("sqs", stage.region), clients("lambda", stage.region)
    service = _StackResources(clients("cloudformation", stage.region), stage.stack)
    if name == FAILED_INVOCATIONS:
        queue = DeadLetterQueue(sqs, service.physical(_QUEUE, "FailedInvocations"))
        jobs = service.physical(_QUEUE, "JobsQueue")
        return queue, InvokeAgain(functions, service.of_type(_FUNCTION), sqs, jobs)
    if name in _MESSAGES:
        title = name.capitalize()
        queue = DeadLetterQueue(sqs, service.physical(_QUEUE, f"{title}DeadLetters"))
        source = service.physical(_QUEUE, f"{title}Queue")
        return queue, BackToQueue(sqs, source, _MESSAGES[name])
    wanted = name.removesuffix(_LOST_EVENTS)
    route = next((route for route in stage.routes if route.name == wanted), None)
    if route is None:
        raise CommandError(f"The stage {stage.name} has no route {wanted!r}.")
    own = _StackResources(clients("cloudformation", route.region), route.stack)
    queue = DeadLetterQueue(clients("sqs", route.region), own.physical(_QUEUE, "LostEvents"))
    return queue, RecordAgain(functions, service.physical(_FUNCTION, "RecordEvents"))


class _StackResources:
    """The resources of one stack: physical ids by logical ids, of one type each."""

    def __init__(self, cloudformation: Any, stack: str) -> None:
        self._stack = stack
        self._resources = list(_resources(cloudformation, stack))

    def of_type(self, kind: str) -> dict[str, str]:
        return {logical: made for logical, made, type_ in self._resources if type_ == kind}

    def physical(self, kind: str, logical: str) -> str:
        try:
            return self.of_type(kind)[logical]
        except KeyError:
            raise CommandError(f"The stack {self._stack} has no {logical}: deploy it.") from None


def _resources(cloudformation: Any, stack: str) -> Iterator[tuple[str, str, str]]:
    """Logical id, physical id and type; a queue's physical id is its URL."""
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for made in page["StackResourceSummaries"]:
            if "PhysicalResourceId" in made:
                yield (
                    made["LogicalResourceId"],
                    made["PhysicalResourceId"],
                    made["ResourceType"],
                )
