"""A browser's requests to the console, and mails for it to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from local.account import SENDER
from local.server import LocalServer
from tests.local.sample_app import SampleApp

MAIL = "0123456789abcdef" * 2

Deliver = Callable[..., int]


class Console:
    """Gets pages and posts forms, as a browser without scripts does."""

    def __init__(self, machine: LocalServer) -> None:
        self.netloc = urlsplit(machine.url).netloc
        self.web = HTTPConnection(self.netloc, timeout=5)
        self.location: str | None = None

    def get(self, path: str) -> tuple[int, str]:
        return self._asked("GET", path)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Post a form; ``location`` is where it leads."""
        return self._asked("POST", path, urlencode(fields))

    def _asked(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Accept": "text/html", "Origin": f"http://{self.netloc}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.web.request(method, path, body, headers)
        answer = self.web.getresponse()
        self.location = answer.getheader("Location")
        return answer.status, answer.read().decode()


@pytest.fixture
def console(machine: LocalServer) -> Iterator[Console]:
    console = Console(machine)
    yield console
    console.web.close()


@pytest.fixture
def deliver(machine: LocalServer, sample_app: SampleApp) -> Deliver:
    """Sends a mail and waits until ``last`` has been told of it; returns its number."""

    def deliver(
        to: str, subject: str = "[K7] S", text: str = "123456", last: str = "Delivery", **tags: str
    ) -> int:
        named = {"reference": "7Q4K2M9X8T", "mail": MAIL, "purpose": "sign-up"} | tags
        named |= {"provider": "google", "route": "primary"}
        id = machine.clients("sesv2").send_email(
            FromEmailAddress=f"=?utf-8?b?5bGK44GP?= <{SENDER}>",
            Destination={"ToAddresses": [to]},
            Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}},
            ConfigurationSetName=machine.routes["primary"].ref("ConfigurationSet"),
            EmailTags=[{"Name": name, "Value": value} for name, value in named.items()],
        )["MessageId"]
        while last:
            event = sample_app.events.get(timeout=5)
            if (event["mail"]["messageId"], event["eventType"]) == (id, last):
                break
        return next(it.number for it in machine.mail_log.newest_first() if it.mail.id == id)

    return deliver
