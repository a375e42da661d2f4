"""EventInvokeConfig of the functions (retries, on-failure destination), from the template."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from cloudformation.intrinsics import Lookup, resolve
from cloudformation.template import Template
from local.app_functions import Authorize
from local.lambda_service import DEFAULT_RETRIES, EventInvokeConfig


def from_template(
    template: Template, lookup: Lookup, put: Callable[[str, str, Any], None]
) -> dict[str, EventInvokeConfig]:
    """The configuration of each function that has one, by logical id. ``put`` takes the function,
    a queue's ARN, and the record of a failed invocation."""
    found: dict[str, EventInvokeConfig] = {}
    for name, resource in template.resources.items():
        config = resolve(resource.get("Properties", {}).get("EventInvokeConfig", {}), lookup)
        if not config:
            continue
        found[name] = EventInvokeConfig(
            retries=int(config.get("MaximumRetryAttempts", DEFAULT_RETRIES))
        )
        destination = config.get("DestinationConfig", {}).get("OnFailure")
        if destination:
            on_failure = partial(put, name, destination["Destination"])
            found[name] = replace(found[name], on_failure=on_failure)
    return found


def send_to_queue(sqs: Any, authorize: Authorize, function: str, queue: str, record: Any) -> None:
    """Put ``record`` on the queue with the ARN ``queue``, if ``function`` may."""
    authorize(function, "sqs:SendMessage", queue)
    url = sqs.get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(record, ensure_ascii=False))
