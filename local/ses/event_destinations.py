"""Event destinations of SES's configuration sets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from local.ses.mail import Mail

_KINDS = {
    "Send": "SEND",
    "Delivery": "DELIVERY",
    "Bounce": "BOUNCE",
    "Complaint": "COMPLAINT",
    "Reject": "REJECT",
    "DeliveryDelay": "DELIVERY_DELAY",
}
"""Event types: their names in events and in ``MatchingEventTypes``."""


class EventDestinations:
    """Event destinations of configuration sets, which moto's SESv2 does not know."""

    def __init__(self, publish_sns: Callable[[str, str, str], None]) -> None:
        """``publish_sns`` takes a topic's ARN, a subject and a message."""
        self._publish_sns = publish_sns
        self._of: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def create(self, region: str, configuration_set: str, destination: dict[str, Any]) -> None:
        """Add a destination to a configuration set."""
        self._of.setdefault((region, configuration_set), []).append(destination)

    def publish(self, mail: Mail, event: dict[str, Any]) -> None:
        """Publish an event to every destination that matches its type."""
        for destination in self._of.get((mail.region, mail.configuration_set), []):
            wanted = destination["MatchingEventTypes"]
            if destination.get("Enabled") and _KINDS[event["eventType"]] in wanted:
                topic = destination["SnsDestination"]["TopicArn"]
                message = json.dumps(event, ensure_ascii=False)
                self._publish_sns(topic, "Amazon SES Email Event Notification", message)
