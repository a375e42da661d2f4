"""What a route's stack says is to be published, and what of it the world sees."""

from __future__ import annotations

import pytest

from ops.deploy.records import Record, records, unseen
from tests.ops.deploy.conftest import zone_file

PARAMETERS = {
    "Service": "todoku-dev",
    "Domain": "entry.example.lg.jp",
    "MailFromDomain": "bounce.entry.example.lg.jp",
    "RecordEventsArn": "arn:aws:lambda:ap-northeast-1:123456789012:function:x",
}
SPF = Record("bounce.entry.example.lg.jp", "TXT", "v=spf1 include:amazonses.com ~all")
DMARC = Record("_dmarc.entry.example.lg.jp", "TXT", "v=DMARC1; p=none")
MX = Record("bounce.entry.example.lg.jp", "MX", "10 feedback-smtp.ap-northeast-3.amazonses.com.")


def test_the_template_s_zone_file_is_read_whole() -> None:
    read = records(zone_file("ap-northeast-3", PARAMETERS))
    assert {record for record in read if record.kind != "CNAME"} == {MX, SPF, DMARC}
    assert sorted(record.name for record in read if record.kind == "CNAME") == [
        f"t{n}._domainkey.entry.example.lg.jp" for n in (1, 2, 3)
    ]
    assert all(r.value == f"{r.name[:2]}.dkim.x.com." for r in read if r.kind == "CNAME")


def test_a_dmarc_record_with_reports_is_one_record() -> None:
    with_reports = {**PARAMETERS, "DmarcReports": "dmarc@example.lg.jp"}
    (dmarc,) = (r for r in records(zone_file("x", with_reports)) if r.name.startswith("_dmarc"))
    assert dmarc.value == "v=DMARC1; p=none; rua=mailto:dmarc@example.lg.jp"


@pytest.mark.parametrize(
    ("record", "found", "seen"),
    [
        (MX, ["10 FEEDBACK-SMTP.ap-northeast-3.amazonses.com."], True),
        (MX, ["10 feedback-smtp.ap-northeast-1.amazonses.com."], False),
        (MX, [], False),
        (SPF, ["v=spf1 include:example.com include:amazonses.com -all"], True),
        (SPF, ["google-site-verification=x"], False),
        (DMARC, ["v=DMARC1; p=reject"], True),
        (DMARC, ["v=spf1 -all"], False),
    ],
)
def test_a_record_is_seen_when_it_will_do(record: Record, found: list[str], seen: bool) -> None:
    assert record.seen(found) is seen


def test_each_is_looked_up_where_it_belongs() -> None:
    there = {("bounce.entry.example.lg.jp", "MX"): [MX.value]}
    assert unseen([MX, SPF], lambda name, kind: there.get((name, kind), [])) == [SPF]
