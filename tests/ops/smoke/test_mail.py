"""The smoke test's mail: delivered, a failure, or not its turn yet; and nothing is left of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from local.mail_providers import ProviderRule
from local.server import LocalServer
from ops.check_result import Severity
from ops.http_client import HttpClient, HttpResponse
from ops.probe import Polling, ProbeDeferred, ProbeFailed, run_probe
from ops.smoke.mail import CURRENT, MAILBOXES, SIMULATOR, mail_delivery

QUICK = Polling(10.0, interval=0.05)
NONE = Polling(0.0)
A_MINUTE, A_DAY = 61.0, 90_000.0
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def unasked(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} seconds")


AT_ONCE = Polling(120.0, sleep=unasked)


@pytest.fixture(scope="module")
def machine() -> Iterator[LocalServer]:
    with LocalServer(transit=0.02, retry_after=0.2, prefix="/dev") as machine:
        yield machine


@pytest.fixture
def client(machine: LocalServer) -> HttpClient:
    """At a service that has sent no mail today."""
    machine.put_forward(A_DAY)
    return HttpClient(f"{machine.url}/dev/")


def test_a_code_is_delivered_and_its_registration_forgotten(
    machine: LocalServer, client: HttpClient
) -> None:
    assert "delivered" in mail_delivery(client, QUICK, clock=machine.clock)
    assert client.request("GET", CURRENT).status == 404


def test_whoever_deploys_again_and_again_is_told_when_a_mail_is_due_and_of_no_failure(
    machine: LocalServer, client: HttpClient
) -> None:
    before = len(machine.mailbox.to())

    def again() -> tuple[Severity, str]:
        found = run_probe("mail", partial(mail_delivery, client, QUICK, clock=machine.clock))
        assert client.request("GET", CURRENT).status == 404
        machine.put_forward(A_MINUTE)
        return found.severity, found.message

    assert {again()[0] for _ in range(7)} == {Severity.OK}
    arrived = machine.mailbox.to()
    sent = [message.to for message in arrived[: len(arrived) - before]]
    assert [sum(to.startswith(f"{who}+") for to in sent) for who in MAILBOXES] == [5, 2]
    assert {again()[0] for _ in range(3)} == {Severity.OK}
    severity, line = again()
    assert severity is Severity.NOTE
    assert line.startswith("not tried again: ")
    due = datetime.fromisoformat(line.rpartition("due at ")[2])
    assert timedelta(minutes=40) < due - machine.clock() < timedelta(hours=1)


@pytest.mark.parametrize(
    ("mailbox", "state"), [("bounce", "bounced"), ("suppressionlist", "bounced")]
)
def test_a_mail_that_does_not_arrive_is_a_failure_and_its_registration_is_forgotten(
    machine: LocalServer, client: HttpClient, mailbox: str, state: str
) -> None:
    with pytest.raises(ProbeFailed, match=f"mail is {state}, due"):
        mail_delivery(client, QUICK, [mailbox], machine.clock)
    assert client.request("GET", CURRENT).status == 404


def test_a_mail_that_does_not_come_is_not_waited_for_without_end(
    machine: LocalServer, client: HttpClient
) -> None:
    machine.providers.set(ProviderRule(provider="amazonses.com", behaviour="silent"))
    try:
        with pytest.raises(ProbeFailed, match=r"mail is (waiting|sent) after 0 seconds, due at 20"):
            mail_delivery(client, NONE, clock=machine.clock)
    finally:
        machine.providers.reset()


class Scripted(HttpClient):
    """Hears that a mail is due after ``seconds``, and then that it is ``state``."""

    def __init__(self, seconds: float, state: str = "waiting", forgets: int = 204) -> None:
        super().__init__("http://127.0.0.1/")
        due = NOW + timedelta(seconds=seconds)
        self.asked: list[tuple[str, Any]] = []
        self._told = {"expected_at": due.isoformat(), "delivery": {"state": state}}
        self._statuses = {"POST": 202, "GET": 200, "DELETE": forgets}

    def request(
        self, method: str, path: str, value: Any = None, headers: Any = None
    ) -> HttpResponse:
        self.asked.append((method, value))
        return HttpResponse(self._statuses[method], {}, json.dumps(self._told).encode())


@pytest.mark.parametrize("state", ["bounced", "rejected"])
def test_every_end_of_a_mail_but_one_is_a_failure_as_soon_as_it_is_seen(state: str) -> None:
    with pytest.raises(ProbeFailed, match=f"mail is {state}, due"):
        mail_delivery(Scripted(0, state), AT_ONCE, clock=lambda: NOW)


@pytest.mark.parametrize("seconds", [0, 60, 90])
def test_a_mail_that_is_due_within_a_minute_or_so_is_waited_for(seconds: float) -> None:
    assert "delivered" in mail_delivery(Scripted(seconds, "delivered"), AT_ONCE, clock=lambda: NOW)


def test_one_that_is_due_later_is_not_waited_for_but_forgotten_at_each_mailbox() -> None:
    client = Scripted(91)
    with pytest.raises(ProbeDeferred, match=r"due at 2026-11-25T00:01:31Z"):
        mail_delivery(client, AT_ONCE, clock=lambda: NOW)
    assert [method for method, _ in client.asked] == ["POST", "DELETE", "POST", "DELETE"]
    addresses = [value["email"] for method, value in client.asked if method == "POST"]
    assert [address.partition("+")[0] for address in addresses] == ["success", "ooto"]
    assert {address.partition("@")[2] for address in addresses} == {SIMULATOR}


@pytest.mark.parametrize("seconds", [0, 91])
def test_a_registration_that_is_not_forgotten_is_a_failure(seconds: float) -> None:
    with pytest.raises(ProbeFailed, match="not forgotten"):
        mail_delivery(Scripted(seconds, "delivered", forgets=503), AT_ONCE, clock=lambda: NOW)
