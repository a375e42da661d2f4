"""What an application declares: which function answers what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice, ScheduledEventConfig, ScheduleExpression, SQSEventConfig
from chalice.utils import to_cfn_resource_name

API = "APIHandler"
"""Chalice's logical id of the function that answers HTTP."""

Authorize = Callable[[str, str, str], None]
"""Function, action, resource: raises where the function has no right to what AWS does on its
behalf."""

Handler = Callable[[Any, Any], Any]
"""A function as Lambda calls it: the event, the context."""


@dataclass(frozen=True)
class EventSourceMapping:
    """A function that works on a queue. ``max_concurrency`` batches at most, where it says so."""

    function: str
    queue: str
    """The queue's name behind the stack's: ``jobs``."""
    batch_size: int
    max_concurrency: int | None


@dataclass(frozen=True)
class AppFunctions:
    """Functions go by their logical ids (``SendCode``)."""

    handlers: Mapping[str, Handler]
    routes: Mapping[str, Collection[str]]
    """Path with ``{parameters}`` to methods."""
    event_source_mappings: tuple[EventSourceMapping, ...]
    schedules: Mapping[str, str]
    """Function to expression, ``rate(1 minute)``."""
    authorize: Authorize = lambda function, action, resource: None


def from_chalice(app: Chalice) -> AppFunctions:
    """What a Chalice application declares. Its functions may be called by many threads here, so
    it must keep its current request by thread."""
    sources: list[Any] = list(app.event_sources)
    pure: list[Any] = list(app.pure_lambda_functions)
    names = [it.name for it in [*sources, *pure]]
    calls: dict[str, Handler] = {to_cfn_resource_name(n): app.handler_map[n] for n in names}
    return AppFunctions(
        {API: app, **calls},
        {path: methods.keys() for path, methods in app.routes.items()},
        tuple(_event_source_mappings(sources)),
        {
            to_cfn_resource_name(it.name): _expression(it.schedule_expression)
            for it in sources
            if isinstance(it, ScheduledEventConfig)
        },
    )


def _event_source_mappings(sources: list[Any]) -> Iterator[EventSourceMapping]:
    for it in sources:
        if isinstance(it, SQSEventConfig):
            name = to_cfn_resource_name(it.name)
            yield EventSourceMapping(name, str(it.queue), it.batch_size, it.maximum_concurrency)


def _expression(schedule: str | ScheduleExpression) -> str:
    return schedule if isinstance(schedule, str) else schedule.to_string()
