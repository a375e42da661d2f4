"""Puts the stand-in's SES into moto's SESv2."""

from __future__ import annotations

import json
from typing import Any

from moto.sesv2.responses import SESV2Response
from moto.sesv2.urls import url_paths

from local.moto_patches import MotoPatches
from local.ses.mail import Mail
from local.ses.send_email import SendEmailApi
from local.sns_publisher import SnsPublisher

_KINDS = {
    "Send": "SEND",
    "Delivery": "DELIVERY",
    "Bounce": "BOUNCE",
    "Complaint": "COMPLAINT",
    "Reject": "REJECT",
    "DeliveryDelay": "DELIVERY_DELAY",
}
"""An event's name, and its name in ``MatchingEventTypes``."""

_DESTINATIONS = (
    "{0}/v2/email/configuration-sets/(?P<ConfigurationSetName>[^/]+)/event-destinations$"
)


class EventDestinations:
    """Where a configuration set's events go. moto's SESv2 does not know event destinations."""

    def __init__(self, topics: SnsPublisher) -> None:
        self._topics = topics
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
                self._topics.publish(topic, "Amazon SES Email Event Notification", message)


def patch_ses(patches: MotoPatches, sending: SendEmailApi, destinations: EventDestinations) -> None:
    """Assign our calls on moto's class. Raises ``AttributeError`` when moto has changed."""

    def send_email(response: Any) -> str:
        return json.dumps(sending.send_email(json.loads(response.body), response.region))

    def create_configuration_set_event_destination(response: Any) -> str:
        parameters = json.loads(response.body)
        name = response._get_param("ConfigurationSetName")
        destinations.create(response.region, name, parameters["EventDestination"])
        return "{}"

    patches.add(url_paths, _DESTINATIONS, SESV2Response.dispatch)
    patches.replace(SESV2Response, "send_email", send_email)
    patches.put(
        SESV2Response,
        "create_configuration_set_event_destination",
        create_configuration_set_event_destination,
    )
