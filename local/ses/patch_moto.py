"""Patches moto's SESv2 with SendEmail and event destinations."""

from __future__ import annotations

import json
from typing import Any

from moto.sesv2.responses import SESV2Response
from moto.sesv2.urls import url_paths

from local.moto_patches import MotoPatches
from local.ses.event_destinations import EventDestinations
from local.ses.send_email import SendEmailApi

_EVENT_DESTINATIONS_PATH = (
    "{0}/v2/email/configuration-sets/(?P<ConfigurationSetName>[^/]+)/event-destinations$"
)


def patch_ses(patches: MotoPatches, api: SendEmailApi, destinations: EventDestinations) -> None:
    """Patch moto's class with our operations. Raises ``AttributeError`` when moto has changed."""

    def send_email(response: Any) -> str:
        return json.dumps(api.send_email(json.loads(response.body), response.region))

    def create_configuration_set_event_destination(response: Any) -> str:
        parameters = json.loads(response.body)
        name = response._get_param("ConfigurationSetName")
        destinations.create(response.region, name, parameters["EventDestination"])
        return "{}"

    patches.add(url_paths, _EVENT_DESTINATIONS_PATH, SESV2Response.dispatch)
    patches.replace(SESV2Response, "send_email", send_email)
    patches.put(
        SESV2Response,
        "create_configuration_set_event_destination",
        create_configuration_set_event_destination,
    )
