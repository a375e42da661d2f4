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
"""An event's name, and its name in ``MatchingEventTypes``."""


class EventDestinations:
    """Where a configuration set's events go. moto's SESv2 does not know event destinations."""

    def __init__(self, publish_sns: Callable[[str, str, str], None]) -> None:
        """``publish_sns`` takes a topic's ARN, a subject and a message."""
        self._publish_sns = publish_sns
        self._of: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def create(self, region: str, configuration_set: str, destination: dict[str, Any]) -> None:
        """Publish this set's events there too."""
        self._of.setdefault((region, configuration_set), []).append(destination)

    def publish(self, mail: Mail, event: dict[str, Any]) -> None:
        """Hand an event to every destination that wants its kind."""
        for destination in self._of.get((mail.region, mail.configuration_set), []):
            wanted = destination["MatchingEventTypes"]
            if destination.get("Enabled") and _KINDS[event["eventType"]] in wanted:
                topic = destination["SnsDestination"]["TopicArn"]
                message = json.dumps(event, ensure_ascii=False)
                self._publish_sns(topic, "Amazon SES Email Event Notification", message)
