"""The mailbox, the providers and the switches, as programs use them over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from chalicelib.courier.provider import NoSuchMailDomain
from local.mailbox import Message
from local.server import LocalServer
from tests.local.sample_app import SampleApp


class Browser:
    """Asks the console. Other ``Host`` and ``Origin`` can be pretended."""

    def __init__(self, machine: LocalServer) -> None:
        self.netloc = urlsplit(machine.url).netloc
        self.web = HTTPConnection(self.netloc, timeout=5)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        data = json.dumps(body) if isinstance(body, dict) else body
        self.web.request(method, path, body=data, headers=headers)
        answer = self.web.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture
def browser(machine: LocalServer) -> Iterator[Browser]:
    browser = Browser(machine)
    yield browser
    browser.web.close()


def mail(machine: LocalServer, to: str, text: str = "a code: 123456", subject: str = "S") -> None:
    at = datetime(2027, 1, 9, 12, 0, 0, 5000, UTC)
    machine.mailbox.add(Message("no-reply@e.example", to, subject, text, at, "primary"))


def test_the_mailbox_as_json(machine: LocalServer, browser: Browser, name: str) -> None:
    mail(machine, f"{name}@x.jp", "first: 111111")
    mail(machine, f"{name.lower()}@X.JP", "second, ２２２２２２ is no code, nor 1234567")
    status, body = browser.ask("GET", f"/local/mailbox.json?to={name}@x.jp")
    newer, older = json.loads(body)
    assert status == 200
    assert older == {
        "from": "no-reply@e.example",
        "to": f"{name}@x.jp",
        "subject": "S",
        "text": "first: 111111",
        "at": "2027-01-09T12:00:00.005Z",
        "code": "111111",
        "route": "primary",
    }
    assert newer["code"] is None


def test_a_plus_in_an_address_is_asked_for_encoded(
    machine: LocalServer, browser: Browser, name: str
) -> None:
    mail(machine, f"{name}+tag@x.jp")
    address = quote(f"{name}+tag@x.jp")
    assert len(json.loads(browser.ask("GET", f"/local/mailbox.json?to={address}")[1])) == 1


@pytest.mark.parametrize("domain", ["日本語.jp", "xn--wgv71a119e.jp", "XN--WGV71A119E.jp"])
def test_an_address_is_asked_for_in_letters_and_as_the_dns_has_it(
    machine: LocalServer, browser: Browser, name: str, domain: str
) -> None:
    mail(machine, f"{name}@xn--wgv71a119e.jp")
    mail(machine, f"{name}@xn--wgv71a.jp")
    address = quote(f"{name}@{domain}")
    (found,) = json.loads(browser.ask("GET", f"/local/mailbox.json?to={address}")[1])
    assert found["to"] == f"{name}@xn--wgv71a119e.jp"


def test_a_provider_is_broken_by_json(machine: LocalServer, browser: Browser) -> None:
    rule = {
        "provider": "docomo",
        "route": "primary",
        "behaviour": "delay",
        "seconds": 5,
        "duplicates": True,
        "disorder": True,
    }
    assert browser.ask("PUT", "/local/providers", rule) == (204, "")
    assert json.loads(browser.ask("GET", "/local/providers")[1]) == [rule]
    assert machine.providers.rule("docomo.ne.jp", "primary").seconds == 5
    assert machine.providers.rule("docomo.ne.jp", "second").behaviour == "normal"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"provider": "google", "behaviour": "sulk"}, "sulk"),
        ({"behaviour": "junk"}, "provider"),
        ({"provider": "google", "seconds": -1}, "seconds"),
        ({"provider": "google", "colour": "red"}, "colour"),
        ({"provider": "google", "route": "third"}, "'third'"),
        ("{", "truncated"),
        ("[]", "object"),
    ],
)
def test_a_rule_that_is_none_is_told_clearly(browser: Browser, body: Any, named: str) -> None:
    status, words = browser.ask("PUT", "/local/providers", body)
    assert status == 422
    assert named in words


def test_switches_are_thrown_and_shown(machine: LocalServer, browser: Browser) -> None:
    status, body = browser.ask("PUT", "/local/switches", {"ses_ms": 5, "cognito_fail": "throttle"})
    values = json.loads(body)
    assert status == 200
    assert (values["ses_ms"], values["cognito_fail"], values["triggers"]) == (5, "throttle", True)
    browser.ask("PUT", "/local/switches", {"cognito_fail": None})
    after = json.loads(browser.ask("GET", "/local/switches")[1])
    assert (after["ses_ms"], after["cognito_fail"]) == (5, None)
    assert machine.switches.values.ses_ms == 5


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"cognito_mss": 1}, "cognito_mss"),
        ({"cognito_ms": "300"}, "cognito_ms"),
        ({"cognito_ms": -1}, "cognito_ms"),
        ({"cognito_ms": True}, "cognito_ms"),
        ({"cognito_fail": "explode"}, "explode"),
        ({"dns_fail": 1}, "dns_fail"),
        ({"clock_offset_s": 1e300}, "clock_offset_s"),
        ("[]", "object"),
        ("{", "object"),
    ],
)
def test_a_switch_that_is_none_is_told_and_nothing_changes(
    machine: LocalServer, browser: Browser, body: Any, named: str
) -> None:
    before = machine.switches.now()
    status, words = browser.ask("PUT", "/local/switches", body)
    assert status == 422
    assert named in words
    assert machine.switches.now() == before


def test_the_clock_is_a_switch_whoever_moves_it(machine: LocalServer, browser: Browser) -> None:
    browser.ask("PUT", "/local/switches", {"clock_offset_s": 86400})
    ahead = (machine.clock() - datetime.now(UTC)).total_seconds()
    assert 86399 < ahead < 86401
    machine.clock.put_forward(60)
    values = json.loads(browser.ask("PUT", "/local/switches", {"ses_ms": 1})[1])
    assert values["clock_offset_s"] == 86460


def test_the_dns_can_be_silent(machine: LocalServer, sample_app: Any) -> None:
    look_up = sample_app.environment.mx
    assert look_up("GMAIL.com")[0] == "gmail-smtp-in.l.google.com"
    assert look_up("somewhere.example") == ["mx.somewhere.example"]
    for missing in ("nowhere.example.com", "below.Nowhere.example.com.", "nothing.invalid"):
        with pytest.raises(NoSuchMailDomain):
            look_up(missing)
    machine.switches.set(dns_fail=True)
    with pytest.raises(OSError, match="DNS"):
        look_up("gmail.com")


def test_what_was_dropped_can_be_read(
    machine: LocalServer, browser: Browser, sample_app: Any
) -> None:
    sample_app.fail_codes = 3
    machine.functions.invoke_async(machine.functions.arns["SendCode"], {"userName": "x"})
    machine.functions.wait_for_failures(1)
    (failure,) = json.loads(browser.ask("GET", "/local/failures.json")[1])
    assert failure == {"function": "SendCode", "error": "RuntimeError: no code today"}
    machine.functions.failures.clear()


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/local/"),
        ("GET", "/local/mailbox.json"),
        ("PUT", "/local/switches"),
        ("POST", "/local/clock"),
        ("POST", "/local/providers/reset"),
    ],
)
def test_no_page_from_elsewhere_gets_in(
    browser: Browser, method: str, path: str, headers: dict[str, str]
) -> None:
    status, _ = browser.ask(method, path, {} if method == "PUT" else None, **headers)
    assert status == 403


def test_our_own_pages_get_in(browser: Browser) -> None:
    own = {"Origin": f"http://{browser.netloc}"}
    assert browser.ask("PUT", "/local/switches", {}, **own)[0] == 200


@pytest.mark.parametrize("path", ["/local/nothing", "/local/mailbox/", "/local/mails/"])
def test_nothing_else_is_there(browser: Browser, path: str) -> None:
    assert browser.ask("GET", path)[0] == 404
    assert browser.ask("DELETE", "/local/switches")[0] == 404


def test_the_clock_is_not_put_forward_under_a_function_that_runs(
    machine: LocalServer, sample_app: SampleApp, browser: Browser
) -> None:
    """Who sees a mail arrive and puts the clock forward means what comes after it."""
    begun, waiting = threading.Event(), threading.Event()
    at_the_end: list[float] = []

    def during(_: object) -> None:
        begun.set()
        waiting.wait(0.3)
        at_the_end.append(machine.clock.offset)

    sample_app.during_code = during
    code = threading.Thread(target=machine.functions.invoke, args=("SendCode", {"userName": "x"}))
    code.start()
    assert begun.wait(5)
    browser.ask("PUT", "/local/switches", {"clock_offset_s": 61})
    assert at_the_end == [0]
    code.join()
    assert machine.clock.offset == 61
