"""MX look-ups against a name server on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import dns.message
import dns.rcode
import dns.rrset
import pytest

from chalicelib.courier import mx as mx_module
from chalicelib.courier.mx import MxLookup

ZONE = {
    "school.example.": ["20 backup.school.example.", "10 smtp.google.com."],
    "nullmx.example.": ["0 ."],
    "literal.example.": ["10 13.113.157.93."],
}


class NameServer(threading.Thread):
    """Answers MX questions from ``ZONE``; names beginning with ``silent`` get no answer."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]

    def run(self) -> None:
        while True:
            data, client = self.socket.recvfrom(4096)
            query = dns.message.from_wire(data)
            name = query.question[0].name.to_text()
            if name == "stop.":
                return
            if name.startswith("silent"):
                continue
            self.socket.sendto(self.answer(query, name).to_wire(), client)

    def answer(self, query: dns.message.Message, name: str) -> dns.message.Message:
        response = dns.message.make_response(query)
        if name in ZONE:
            response.answer.append(dns.rrset.from_text(name, 300, "IN", "MX", *ZONE[name]))
        elif name.startswith("missing"):
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif name.startswith("broken"):
            response.set_rcode(dns.rcode.SERVFAIL)
        return response

    def stop(self) -> None:
        query = dns.message.make_query("stop.", "MX").to_wire()
        self.socket.sendto(query, ("127.0.0.1", self.port))
        self.join()
        self.socket.close()


@pytest.fixture
def look_up() -> Iterator[MxLookup]:
    server = NameServer()
    server.start()
    yield MxLookup(["127.0.0.1"], server.port)
    server.stop()


def test_hosts_come_best_first(look_up: MxLookup) -> None:
    assert look_up("school.example") == ["smtp.google.com", "backup.school.example"]


@pytest.mark.parametrize("domain", ["missing.example", "nomx.example", "nullmx.example"])
def test_no_mx_is_an_answer(look_up: MxLookup, domain: str) -> None:
    assert look_up(domain) == []


@pytest.mark.parametrize("domain", ["a..b", "x" * 64 + ".example", "a." * 200])
def test_a_name_that_cannot_be_has_none(look_up: MxLookup, domain: str) -> None:
    assert look_up(domain) == []


def test_a_literal_is_given_as_it_is(look_up: MxLookup) -> None:
    assert look_up("literal.example") == ["13.113.157.93"]


@pytest.mark.parametrize("domain", ["silent.example", "broken.example"])
def test_no_answer_is_an_os_error_within_its_time(
    look_up: MxLookup, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mx_module, "LIFETIME", 0.3)
    started = time.monotonic()
    with pytest.raises(OSError, match="no answer from the DNS"):
        look_up(domain)
    assert time.monotonic() - started < 2
