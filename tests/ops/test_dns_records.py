"""What a route's stack says is to be published, and what of it the world sees."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from ops.dns_records import DnsRecord, dns_lookup, parse_zone_file, unpublished
from tests.ops.conftest import zone_file

PARAMETERS = {
    "Service": "todoku-dev",
    "Domain": "entry.example.lg.jp",
    "MailFromDomain": "bounce.entry.example.lg.jp",
    "RecordEventsArn": "arn:aws:lambda:ap-northeast-1:123456789012:function:x",
}
SPF = DnsRecord("bounce.entry.example.lg.jp", "TXT", "v=spf1 include:amazonses.com ~all")
FROM_SPF = DnsRecord("entry.example.lg.jp", "TXT", SPF.value)
DMARC = DnsRecord("_dmarc.entry.example.lg.jp", "TXT", "v=DMARC1; p=none")
MX = DnsRecord("bounce.entry.example.lg.jp", "MX", "10 feedback-smtp.ap-northeast-3.amazonses.com.")


def test_the_template_s_zone_file_is_read_whole() -> None:
    read = parse_zone_file(zone_file("ap-northeast-3", PARAMETERS))
    assert {record for record in read if record.type != "CNAME"} == {
        MX,
        SPF,
        FROM_SPF,
        DMARC,
    }
    assert sorted(record.name for record in read if record.type == "CNAME") == [
        f"t{n}._domainkey.entry.example.lg.jp" for n in (1, 2, 3)
    ]
    assert all(r.value == f"{r.name[:2]}.dkim.x.com." for r in read if r.type == "CNAME")


def test_a_dmarc_record_with_reports_is_one_record() -> None:
    with_reports = {**PARAMETERS, "DmarcReports": "dmarc@example.lg.jp"}
    (dmarc,) = (
        r for r in parse_zone_file(zone_file("x", with_reports)) if r.name.startswith("_dmarc")
    )
    assert dmarc.value == "v=DMARC1; p=none; rua=mailto:dmarc@example.lg.jp"


@pytest.mark.parametrize(
    ("record", "found", "seen"),
    [
        (MX, ["10 FEEDBACK-SMTP.ap-northeast-3.amazonses.com."], True),
        (MX, ["10 feedback-smtp.ap-northeast-1.amazonses.com."], False),
        (MX, [], False),
        (SPF, ["v=spf1 include:example.com include:amazonses.com -all"], True),
        (SPF, ["google-site-verification=x"], False),
        (SPF, ["v=spf1 include:example.com -all", "v=spf1 include:amazonses.com ~all"], False),
        (DMARC, ["v=DMARC1; p=reject"], True),
        (DMARC, ["v=spf1 -all"], False),
    ],
)
def test_a_record_is_seen_when_it_will_do(record: DnsRecord, found: list[str], seen: bool) -> None:
    assert record.matches(found) is seen


def test_each_is_looked_up_where_it_belongs() -> None:
    there = {("bounce.entry.example.lg.jp", "MX"): [MX.value]}
    assert unpublished([MX, SPF], lambda name, kind: there.get((name, kind), [])) == [SPF]


class NameServer:
    """Answers one question each from ``there``; what it does not know does not exist."""

    def __init__(self, there: dict[tuple[str, str], list[str]]) -> None:
        self._there = there
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.resolver = dns.resolver.Resolver(configure=False)
        self.resolver.nameservers = ["127.0.0.1"]
        self.resolver.port = self._socket.getsockname()[1]

    def stop(self) -> None:
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while True:
            data, client = self._socket.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            name, kind = query.question[0].name.to_text(), query.question[0].rdtype
            answer = dns.message.make_response(query)
            values = self._there.get((name, dns.rdatatype.to_text(kind)))
            if values:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
            elif name.startswith("broken"):
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif (name, "A") not in self._there:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self._socket.sendto(answer.to_wire(), client)


@pytest.fixture
def resolver() -> Iterator[dns.resolver.Resolver]:
    server = NameServer(
        {
            ("here.example.", "A"): ["203.0.113.1"],
            ("here.example.", "MX"): ["10 mx.here.example."],
            ("here.example.", "TXT"): ['"v=spf1 include:" "amazonses.com ~all"', "other"],
        }
    )
    yield server.resolver
    server.stop()


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("here.example", "MX", ["10 mx.here.example."]),
        ("here.example", "TXT", ["v=spf1 include:amazonses.com ~all", "other"]),
        ("here.example", "CNAME", []),
        ("nowhere.example.com", "MX", []),
    ],
)
def test_the_dns_is_asked_as_receivers_do(
    resolver: dns.resolver.Resolver, name: str, kind: str, found: list[str]
) -> None:
    assert sorted(dns_lookup(name, kind, resolver)) == sorted(found)


def test_a_name_is_asked_for_as_it_is_wherever_this_machine_would_search(
    resolver: dns.resolver.Resolver,
) -> None:
    resolver.search = [dns.name.from_text("example.")]
    assert [str(answer) for answer in resolver.resolve("here", "MX", search=True)]
    assert dns_lookup("here", "MX", resolver) == []


def test_a_dns_that_cannot_answer_is_not_taken_for_an_answer(
    resolver: dns.resolver.Resolver,
) -> None:
    with pytest.raises(OSError, match="does not answer for broken"):
        dns_lookup("broken.example", "MX", resolver)
