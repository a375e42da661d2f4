"""What the suite knows of the service that it runs against, and nothing more."""

from __future__ import annotations

import secrets
from typing import Protocol

from local.mailbox import Message
from tests.flow.client import Client

SIMULATOR = "simulator.amazonses.com"


class Target(Protocol):
    """A running service, one machine or a deployed stage."""

    prefix: str
    """The stage's part of every path, ``/dev``; empty under a host name of its own."""
    reads_mails: bool
    """Whether there is a mailbox whose mails can be read."""

    def client(self) -> Client:
        """A browser that was never here before."""

    def address(self) -> str:
        """An address that nobody has used, in the mailbox that can be read."""

    def mails(self, address: str, count: int = 1) -> list[Message]:
        """The mails to ``address``, newest first, once there are ``count``.

        Fails when they do not come.
        """

    def pass_time(self, seconds: float) -> None:
        """Return when it is so much later for the service."""


def simulated(who: str) -> str:
    """An address of SES's mailbox simulator that was not used before: ``bounce+1f2e@…``.

    The limits of an address do not see the label: one mail a minute, five an hour, ten a day.
    """
    return f"{who}+{secrets.token_hex(4)}@{SIMULATOR}"
