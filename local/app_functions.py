"""Lambda functions of an application, and their event sources."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice, ScheduledEventConfig, ScheduleExpression, SQSEventConfig
from chalice.utils import to_cfn_resource_name

API = "APIHandler"
"""Chalice's logical id of the API function, which answers HTTP."""

Authorize = Callable[[str, str, str], None]
"""Permission check for what AWS does on a function's behalf: takes function, action and resource,
raises without the permission."""

Handler = Callable[[Any, Any], Any]
"""Lambda handler: takes an event and a context."""


@dataclass(frozen=True)
class EventSourceMapping:
    """Event source mapping of a queue to a function."""

    function: str
    queue: str
    """The queue's name behind the stack's: ``jobs``."""
    batch_size: int
    max_concurrency: int | None
    """Concurrent batches at most; ``None``: Lambda's own limit."""


@dataclass(frozen=True)
class AppFunctions:
    """An application's functions, by logical id (``SendCode``), and what invokes them."""

    handlers: Mapping[str, Handler]
    routes: Mapping[str, Collection[str]]
    """Path with ``{parameters}`` to methods."""
    event_source_mappings: tuple[EventSourceMapping, ...]
    schedules: Mapping[str, str]
    """Function to expression, ``rate(1 minute)``."""
    authorize: Authorize = lambda function, action, resource: None


def from_chalice(app: Chalice) -> AppFunctions:
    """The functions of a Chalice application. Many threads may call them here, so it must keep its
    current request by thread."""
    sources: list[Any] = list(app.event_sources)
    pure: list[Any] = list(app.pure_lambda_functions)
    names = [it.name for it in [*sources, *pure]]
    handlers: dict[str, Handler] = {to_cfn_resource_name(n): app.handler_map[n] for n in names}
    return AppFunctions(
        {API: app, **handlers},
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
