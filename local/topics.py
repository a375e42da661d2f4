"""Hands what is published to a topic to the functions that subscribe to it."""

from __future__ import annotations

import uuid
from typing import Any

from chalice.app import SNSEventConfig
from chalice.utils import to_cfn_resource_name

from local.clock import Clock
from local.lambdas import Functions


class Topics:
    """The application's subscriptions. Chalice knows a topic by its role, ``mail-events``."""

    def __init__(self, functions: Functions, stack: str, clock: Clock) -> None:
        self._functions = functions
        self._clock = clock
        self._subscribers: dict[str, list[str]] = {}
        for source in functions.app.event_sources:
            if isinstance(source, SNSEventConfig):
                arn = functions.arns[to_cfn_resource_name(source.name)]
                self._subscribers.setdefault(f"{stack}-{source.topic}", []).append(arn)

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Invoke every subscriber asynchronously."""
        for arn in self._subscribers.get(topic_arn.rsplit(":", 1)[-1], []):
            self._functions.later(arn, self._event(topic_arn, subject, message))

    def _event(self, topic_arn: str, subject: str, message: str) -> dict[str, Any]:
        notification = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": topic_arn,
            "Subject": subject,
            "Message": message,
            "Timestamp": self._clock().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "SignatureVersion": "1",
            "Signature": "",
            "SigningCertUrl": "",
            "UnsubscribeUrl": "",
            "MessageAttributes": {},
        }
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": f"{topic_arn}:{uuid.uuid4()}",
            "EventSource": "aws:sns",
            "Sns": notification,
        }
        return {"Records": [record]}
