"""The local AWS side: moto, patched with what it lacks, and the stacks made from the templates.

It knows neither threads nor sockets nor the time of day. What uses it is a driver: the server
(``local.server``) has threads and real time, ``in_process_aws`` neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from cloudformation import template as templates
from cloudformation.template import Template
from local.account import ACCOUNT, PARAMETERS, PSEUDO_PARAMETERS, REGION, STACK
from local.boto_clients import BotoClients
from local.clock import Clock
from local.cognito.code_encryption import CodeEncryption
from local.cognito.custom_email_sender import CustomEmailSender
from local.cognito.patch_moto import patch_cognito
from local.dynamodb_transactions import patch_transactions
from local.executor import Executor
from local.mail_providers import MailProviders
from local.mailbox import Mailbox
from local.moto_patches import MotoPatches
from local.scheduler import Scheduler
from local.ses.delivery import MailDelivery
from local.ses.event_destinations import EventDestinations
from local.ses.mail_log import MailLog
from local.ses.patch_moto import patch_ses
from local.ses.send_email import SendEmailApi
from local.ses.suppression_list import SuppressionList
from local.sqs_clock import patch_sqs_clock
from local.stack import Stack
from local.switches import Switches


@dataclass(frozen=True)
class Driver:
    """What drives the AWS side: its time, and how something is done later or by others."""

    clock: Clock
    executor: Executor
    """Does what Cognito does after it has answered."""
    scheduler: Scheduler
    """Does what SES does in some seconds."""
    clients: BotoClients
    """Clients of the moto in use: over HTTP, or in this process."""
    invoke_async: Callable[[str, Any], None]
    """Takes the ARN of a function to invoke, and the event."""
    publish_sns: Callable[[str, str, str], None]
    """Takes a topic's ARN, a subject and a message."""


class LocalAws:
    """Cognito, SES, the queues' clock, the service's stack and a stack for each sending route."""

    def __init__(
        self,
        patches: MotoPatches,
        driver: Driver,
        *,
        function_arns: Mapping[str, str],
        template: Template | None = None,
        parameters: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        switches: Switches | None = None,
        transit: float = 0.0,
    ) -> None:
        """``function_arns``: by logical id. ``parameters``: the template's, where they are not
        to be ``PARAMETERS``. ``secrets``: by logical id, those that are not to be random.
        ``transit``: seconds a mail is on its way. Raises ``AttributeError`` when moto has
        changed."""
        self.switches = switches or Switches(driver.clock)
        self.mailbox = Mailbox()
        self.mail_log = MailLog()
        self.routes: dict[str, Stack] = {}
        """The sending routes' stacks by the route's name, once they are created."""
        self.providers = MailProviders(self.routes)
        self.suppression = SuppressionList(ACCOUNT)
        self._patch_cognito(patches, driver)
        self._patch_ses(patches, driver, transit)
        patch_sqs_clock(patches, driver.clock)
        patch_transactions(patches)
        self._clients = driver.clients
        self._function_arns = function_arns
        everything = {**PSEUDO_PARAMETERS, **PARAMETERS, **(parameters or {})}
        self.stack = Stack(
            template or Template.read(), everything, function_arns, driver.clients, secrets
        )

    def create_stacks(self) -> None:
        """Create everything the templates name. Raises ``TemplateError``."""
        self.stack.create()
        template = Template.read(templates.SENDER)
        for route in json.loads(self.stack.environment()["TODOKU_ROUTES"]):
            domain, region = route["sender"].rpartition("@")[2], route["region"]
            parameters = {
                **PSEUDO_PARAMETERS,
                "AWS::Region": region,
                "Service": STACK,
                "Route": route["name"],
                "Domain": domain,
                "MailFromDomain": f"bounce.{domain}",
                "RecordEventsArn": self._function_arns["RecordEvents"],
            }
            clients = partial(self._clients, region=region)
            self.routes[route["name"]] = Stack(template, parameters, {}, clients)
            self.routes[route["name"]].create()

    def _patch_cognito(self, patches: MotoPatches, driver: Driver) -> None:
        sender = CustomEmailSender(
            CodeEncryption(lambda: driver.clients("kms")),
            driver.invoke_async,
            driver.executor,
            self.switches,
        )
        self.directory = patch_cognito(patches, sender, driver.clock.time, ACCOUNT, REGION)

    def _patch_ses(self, patches: MotoPatches, driver: Driver, transit: float) -> None:
        destinations = EventDestinations(driver.publish_sns)
        delivery = MailDelivery(
            self.providers,
            self.mailbox,
            self.mail_log,
            self.suppression,
            driver.scheduler,
            driver.clock,
            destinations.publish,
            transit,
        )
        send_email = SendEmailApi(ACCOUNT, delivery, driver.clock, self.switches)
        patch_ses(patches, send_email, destinations)
