"""The whole service in this process, set up as much like a deployed one as it can be."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from local.mailbox import Message
from local.server import LocalServer
from tests.flow.client import PATIENCE, Client

STAGE = "/dev"
PARAMETERS = {"BaseUrl": "https://entry.example.lg.jp"}
"""The gateway ends TLS: cookies and links are those of https, the front's port speaks http."""

_numbers = itertools.count(1)


class OneMachine:
    """A ``Target``: the local machine under a stage's path."""

    prefix = STAGE
    reads_mails = True

    def __init__(self, machine: LocalServer) -> None:
        self._machine = machine

    def client(self) -> Client:
        """A browser in a network of its own."""
        number = next(_numbers)
        source = f"127.90.{number // 250}.{1 + number % 250}"
        return Client(self._machine.url, source, self.prefix)

    def address(self) -> str:
        """An address that nobody has used."""
        return f"applicant{next(_numbers)}@gmail.com"

    def mails(self, address: str, count: int = 1) -> list[Message]:
        """The mails to ``address``, newest first, once there are ``count``."""
        return self._machine.wait_for_mail(address, count, PATIENCE)

    def pass_time(self, seconds: float) -> None:
        """Put everybody's clock forward."""
        self._machine.put_forward(seconds)

    def arrived(self) -> list[str]:
        """Whom every mail in the mailbox is to."""
        return [message.to for message in self._machine.mailbox.to()]


def machine(make: Callable[..., LocalServer] = LocalServer) -> LocalServer:
    """The machine for a module's tests, not started yet."""
    return make(transit=0.02, retry_after=0.2, prefix=STAGE, parameters=PARAMETERS)
