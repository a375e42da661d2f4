"""What the template says of invocations that nobody waits for (EventInvokeConfig)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from cloudformation.intrinsics import Lookup, resolve
from cloudformation.template import Template
from local.app_functions import Permit
from local.lambda_service import RETRIES, Asynchronous


def configured(
    template: Template, look: Lookup, put: Callable[[str, str, Any], None]
) -> dict[str, Asynchronous]:
    """By function. ``put`` takes the function, a queue's ARN, and the record of an event that was
    given up."""
    found: dict[str, Asynchronous] = {}
    for name, resource in template.resources.items():
        config = resolve(resource.get("Properties", {}).get("EventInvokeConfig", {}), look)
        if not config:
            continue
        found[name] = Asynchronous(retries=int(config.get("MaximumRetryAttempts", RETRIES)))
        destination = config.get("DestinationConfig", {}).get("OnFailure")
        if destination:
            on_failure = partial(put, name, destination["Destination"])
            found[name] = replace(found[name], on_failure=on_failure)
    return found


def put(sqs: Any, permit: Permit, function: str, queue: str, record: Any) -> None:
    """Put ``record`` on the queue with the ARN ``queue``, if ``function`` may."""
    permit(function, "sqs:SendMessage", queue)
    url = sqs.get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(record, ensure_ascii=False))
