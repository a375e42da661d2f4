"""A deployed stage: where it is, and how the suite deals with a service that it cannot move."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from local.mailbox import Message
from ops.aws import stacks
from ops.errors import CommandError
from ops.stage.settings import Stage
from tests.endtoend.mailbox import Mailbox
from tests.flow.client import Client

PATIENCE = 180.0
"""Seconds. An address gets one mail a minute, so a mail may wait that long for the test before."""
USER_AGENT = "todoku-endtoend"
"""The firewall's common rules refuse a request without any."""
_UNREACHED = (exceptions.ConnectionError, exceptions.HTTPClientError)


@dataclass(frozen=True)
class Place:
    """Where a stage's stack is."""

    account: str
    pool: str
    pages: str
    """Where applicants begin, with a slash at the end."""


class Deployed:
    """A ``Target``: a stage in somebody's account."""

    def __init__(self, place: Place, mailbox: Mailbox | None) -> None:
        at = urlsplit(place.pages)
        self.prefix = at.path.rstrip("/")
        self.reads_mails = mailbox is not None
        self._url = f"{at.scheme}://{at.netloc}"
        self._mailbox = mailbox

    def client(self) -> Client:
        """A browser; the network is the tester's, always the same."""
        client = Client(self._url, "", self.prefix, PATIENCE)
        client.headers["User-Agent"] = USER_AGENT
        return client

    def address(self) -> str:
        """An address of the tester's mailbox that nobody has used."""
        assert self._mailbox is not None
        return self._mailbox.address()

    def mails(self, address: str, count: int = 1) -> list[Message]:
        """The mails to ``address``, newest first, once there are ``count``."""
        assert self._mailbox is not None
        return self._mailbox.mails(address, count, PATIENCE)

    def pass_time(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def find(stage: Stage) -> Place:
    """The stage's stack, by the credentials that botocore finds. Raises ``CommandError``."""
    try:
        session = Session()
        with closing(_client(session, "sts", stage)) as sts:
            account = sts.get_caller_identity()["Account"]
    except _UNREACHED as error:
        raise CommandError(f"AWS cannot be reached: {error}") from None
    except (BotoCoreError, ClientError) as error:
        raise CommandError(f"No AWS credentials that work ({error}). Set AWS_PROFILE.") from None
    try:
        with closing(_client(session, "cloudformation", stage)) as cloudformation:
            stack = stacks.find_stack(cloudformation, stage.stack)
    except _UNREACHED as error:
        raise CommandError(f"AWS cannot be reached: {error}") from None
    except (BotoCoreError, ClientError) as error:
        raise CommandError(f"The stack {stage.stack} could not be read: {error}") from None
    if stack is None:
        raise CommandError(
            f"There is no stack {stage.stack} in {stage.region} of account {account}:"
            f" make deploy STAGE={stage.name}"
        )
    if not {"Pages", "UserPoolId"} <= stack.outputs.keys():
        raise CommandError(f"The stack {stage.stack} is {stack.status}: it has no pages.")
    return Place(account, stack.outputs["UserPoolId"], stack.outputs["Pages"])


def _client(session: Session, service: str, stage: Stage) -> Any:
    config = Config(connect_timeout=10, read_timeout=20)
    return session.create_client(service, region_name=stage.region, config=config)
