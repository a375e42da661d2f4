"""MX look-ups against a name server on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from chalicelib.courier import mx as mx_module
from chalicelib.courier.mx import MxLookup
from chalicelib.courier.provider import NoSuchMailDomain

ZONE = {
    ("school.example.", "MX"): ["20 backup.school.example.", "10 smtp.google.com."],
    ("nullmx.example.", "MX"): ["0 ."],
    ("nullmx.example.", "A"): ["192.0.2.1"],
    ("strange.example.", "MX"): ["0 .", "10 mx.strange.example."],
    ("literal.example.", "MX"): ["10 13.113.157.93."],
    ("v4.example.", "A"): ["192.0.2.1"],
    ("slow.example.", "A"): ["192.0.2.1"],
    ("v6.example.", "AAAA"): ["2001:db8::1"],
    ("missing-mx.example.", "A"): ["192.0.2.1"],
    ("missing.search.test.", "MX"): ["10 mx.search.test."],
}
CODES = {
    "missing": dns.rcode.NXDOMAIN,
    "broken": dns.rcode.SERVFAIL,
    "refused": dns.rcode.REFUSED,
}
SLOW = 0.2
SOA = "ns.example. root.example. 1 3600 600 86400 60"


class NameServer(threading.Thread):
    """Answers from ``ZONE``, and for the rest as the name's beginning says:

    ``missing`` NXDOMAIN, ``silent`` nothing, ``broken`` SERVFAIL, ``refused`` REFUSED; ``half-…``
    the same for addresses alone, ``slow`` after ``SLOW`` seconds, ``lame`` no SOA in a denial.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.asked: list[tuple[str, str]] = []

    def run(self) -> None:
        while True:
            data, client = self.socket.recvfrom(4096)
            query = dns.message.from_wire(data)
            name = query.question[0].name.to_text()
            kind = dns.rdatatype.to_text(query.question[0].rdtype)
            if name == "stop.":
                return
            self.asked.append((name, kind))
            if name.startswith("half-") and kind != "MX":
                name = name.removeprefix("half-")
            if name.startswith("silent"):
                continue
            if name.startswith("slow"):
                time.sleep(SLOW)
            self.socket.sendto(self.answer(query, name, kind).to_wire(), client)

    def answer(self, query: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        response = dns.message.make_response(query)
        code = next((code for word, code in CODES.items() if name.startswith(word)), None)
        if (name, kind) in ZONE:
            response.answer.append(dns.rrset.from_text(name, 300, "IN", kind, *ZONE[name, kind]))
            return response
        if code is not None:
            response.set_rcode(code)
        if "lame" not in name:
            response.authority.append(dns.rrset.from_text("example.", 60, "IN", "SOA", SOA))
        return response

    def stop(self) -> None:
        query = dns.message.make_query("stop.", "MX").to_wire()
        self.socket.sendto(query, ("127.0.0.1", self.port))
        self.join()
        self.socket.close()


@pytest.fixture
def server() -> Iterator[NameServer]:
    server = NameServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def look_up(server: NameServer) -> MxLookup:
    return MxLookup(["127.0.0.1"], server.port)


def test_hosts_come_best_first(look_up: MxLookup) -> None:
    assert look_up("school.example") == ["smtp.google.com", "backup.school.example"]


@pytest.mark.parametrize("domain", ["v4.example", "v6.example", "missing-mx.example"])
def test_a_domain_without_mx_but_with_an_address_receives_itself(
    look_up: MxLookup, domain: str
) -> None:
    """Also where a server denies the whole name when it is asked for an MX that it has not."""
    assert look_up(domain) == []


@pytest.mark.parametrize(
    "domain",
    [
        "missing.example",
        "nullmx.example",
        "nothing.example",
        "half-missing.example",
        "a..b",
        "x" * 64 + ".example",
        "a." * 200,
    ],
)
def test_where_nobody_can_take_mail_there_is_no_such_domain(look_up: MxLookup, domain: str) -> None:
    with pytest.raises(NoSuchMailDomain):
        look_up(domain)


def test_a_null_mx_beside_another_is_a_mistake_and_not_a_refusal(look_up: MxLookup) -> None:
    assert look_up("strange.example") == ["mx.strange.example"]


def test_a_missing_name_is_asked_about_three_times_and_never_below_another_domain(
    server: NameServer, look_up: MxLookup
) -> None:
    resolver = look_up.resolver
    resolver.search, resolver.use_search_by_default = [dns.name.from_text("search.test")], True
    with pytest.raises(NoSuchMailDomain):
        look_up("missing")
    assert server.asked == [("missing.", kind) for kind in ("MX", "A", "AAAA")]


def test_a_literal_is_given_as_it_is(look_up: MxLookup) -> None:
    assert look_up("literal.example") == ["13.113.157.93"]


@pytest.mark.parametrize(
    "domain",
    [
        "silent.example",
        "broken.example",
        "refused.example",
        "half-silent.example",
        "half-broken.example",
        "half-refused.example",
        # Denied by whoever was asked, in the name of no zone.
        "missing-lame.example",
        "lame.example",
        "half-missing-lame.example",
    ],
)
def test_no_answer_is_an_os_error_within_its_time(
    look_up: MxLookup, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mx_module, "LIFETIME", 0.3)
    started = time.monotonic()
    with pytest.raises(OSError, match="no answer from the DNS"):
        look_up(domain)
    assert time.monotonic() - started < 2


def test_all_the_questions_of_a_look_up_share_two_seconds(
    look_up: MxLookup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not each by itself: a stranger's slow name server would hold a worker for six."""
    assert mx_module.LIFETIME == 2
    monkeypatch.setattr(mx_module, "LIFETIME", 1.5 * SLOW)
    with pytest.raises(OSError, match="no answer from the DNS"):
        look_up("slow.example")
    monkeypatch.setattr(mx_module, "LIFETIME", 20 * SLOW)
    assert look_up("slow.example") == []
