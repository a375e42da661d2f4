"""The local server with the real application, from an address to an account."""

from __future__ import annotations

import http.cookiejar
import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from local.server import LocalServer

CURRENT = "/api/v1/registrations/current"


class Applicant:
    """One browser."""

    def __init__(self, machine: LocalServer, prefix: str = "") -> None:
        self.url = machine.url + prefix
        self._opener = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = Request(self.url + path, data, headers, method=method)
        try:
            answer = self._opener.open(request, timeout=10)
        except HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
        return answer.status, json.loads(text) if text else None

    def until(self, state: str) -> Any:
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            _, found = self.ask("GET", CURRENT)
            if found["delivery"]["state"] == state:
                return found
        raise AssertionError(found)


@pytest.fixture(scope="module")
def real() -> Iterator[LocalServer]:
    with LocalServer(prefix="/dev") as machine:
        yield machine


def test_an_applicant_registers_with_a_code_from_the_mailbox(real: LocalServer) -> None:
    applicant = Applicant(real, "/dev")
    status, made = applicant.ask(
        "POST", "/api/v1/registrations", {"email": "taro@gmail.com", "locale": "ja"}
    )
    assert (status, made["state"]) == (202, "queued")
    (mail,) = real.mailbox.wait("taro@gmail.com")
    assert made["label"] in mail.subject
    assert mail.route == "primary"
    assert applicant.until("delivered")["provider"] == "google"
    status, _ = applicant.ask("POST", f"{CURRENT}/verification", {"code": mail.code})
    assert status == 200
    password = {"password": "correct horse battery"}
    status, done = applicant.ask("POST", f"{CURRENT}/account", password)
    assert (status, done["state"]) == (201, "completed")
    status, who = applicant.ask("GET", "/api/v1/session")
    assert (status, who["reference"]) == (200, made["reference"])
    assert not real.functions.failures


def test_under_a_prefix_nothing_is_served_beside_it(real: LocalServer) -> None:
    assert Applicant(real).ask("GET", "/api/v1/health")[0] == 404
    assert Applicant(real, "/developer").ask("GET", "/api/v1/health")[0] == 404
    assert Applicant(real, "/dev").ask("GET", "/api/v1/health")[0] == 200


def test_a_bounce_is_told_to_the_applicant(real: LocalServer) -> None:
    applicant = Applicant(real, "/dev")
    applicant.ask(
        "POST", "/api/v1/registrations", {"email": "bounce@simulator.amazonses.com", "locale": "en"}
    )
    assert applicant.until("bounced")["delivery"]["reason"] == "no-such-mailbox"


def test_a_page_asked_for_at_localhost_leads_to_the_printed_address(real: LocalServer) -> None:
    url = urlsplit(real.url)
    connection = HTTPConnection("127.0.0.1", url.port or 0)
    connection.request("GET", "/register?lang=en", headers={"Host": f"localhost:{url.port}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert (answer.status, answer.headers["Location"]) == (307, f"{real.url}/register?lang=en")
