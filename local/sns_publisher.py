"""Publishes SNS messages to the functions that subscribe to a topic."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from moto.sns.models import sns_backends

from local.account import ACCOUNT
from local.clock import Clock


class SnsPublisher:
    """SNS publisher to ``lambda`` subscriptions, which moto keeps and does not serve."""

    def __init__(self, invoke_async: Callable[[str, Any], None], clock: Clock) -> None:
        self._invoke_async = invoke_async
        self._clock = clock

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Publish a message: invoke every subscribed function asynchronously."""
        region = topic_arn.split(":")[3]
        for subscription in list(sns_backends[ACCOUNT][region].subscriptions.values()):
            if subscription.topic.arn == topic_arn and subscription.protocol == "lambda":
                event = self._event(topic_arn, subscription.arn, subject, message)
                self._invoke_async(subscription.endpoint, event)

    def _event(self, topic: str, subscription: str, subject: str, message: str) -> dict[str, Any]:
        notification = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": topic,
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
            "EventSubscriptionArn": subscription,
            "EventSource": "aws:sns",
            "Sns": notification,
        }
        return {"Records": [record]}
