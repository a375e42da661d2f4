"""The trail's table: records of mails and the codes kept beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from chalicelib.aws.tables import KeptCodeTable, MailRecordTable
from chalicelib.trail.delivery_states import StateChange
from chalicelib.trail.mail_record import MailRecord
from chalicelib.trail.network_bounces import NetworkBounces
from chalicelib.trail.recorder import Trail
from chalicelib.verification.model import KeptCode
from tests.aws.stack import Stack, stack
from tests.in_memory.courier import POOL
from tests.in_memory.mail_records import Told
from tests.in_memory.post import REFERENCE, START
from tests.trail import ses_events as ses

RECORD = MailRecord(
    reference=REFERENCE,
    mail="0123456789abcdef0123456789abcdef",
    purpose="sign-up",
    provider="docomo",
    route="primary",
    network="net",
    started_at=START,
    states={
        "waiting": StateChange(START),
        "bounced": StateChange(START + timedelta(microseconds=1), "policy", "550 5.7.1 no"),
    },
    message_id="0106018b-1",
)
CODE = KeptCode(REFERENCE, RECORD.mail, "QUJD", POOL, False, START, START + timedelta(days=1))


@pytest.fixture
def aws() -> Iterator[Stack]:
    with stack() as made:
        yield made


@pytest.fixture
def table(aws: Stack) -> str:
    return aws.table("TrailTable")


@pytest.fixture
def records(aws: Stack, table: str) -> MailRecordTable:
    return MailRecordTable(lambda: aws.dynamodb, table)


@pytest.fixture
def codes(aws: Stack, table: str) -> KeptCodeTable:
    return KeptCodeTable(lambda: aws.dynamodb, table)


def expires(aws: Stack, table: str) -> list[datetime]:
    return [datetime.fromtimestamp(int(item["expires"]["N"]), UTC) for item in aws.items(table)]


def test_a_record_comes_back_as_it_was(records: MailRecordTable) -> None:
    assert records.change(REFERENCE, RECORD.mail, lambda _: RECORD) == RECORD
    assert records.of(REFERENCE) == [RECORD]
    assert records.of("OTHER") == []


def test_a_record_goes_after_thirty_days(aws: Stack, table: str, records: MailRecordTable) -> None:
    records.change(REFERENCE, RECORD.mail, lambda _: RECORD)
    assert expires(aws, table) == [START.replace(microsecond=0) + timedelta(days=30)]


def test_a_decision_for_nothing_writes_nothing(
    aws: Stack, table: str, records: MailRecordTable
) -> None:
    records.change(REFERENCE, RECORD.mail, lambda before: before)
    assert aws.items(table) == []


def test_a_lost_race_is_decided_again(records: MailRecordTable) -> None:
    seen: list[MailRecord | None] = []

    def decide(before: MailRecord | None) -> MailRecord:
        seen.append(before)
        if len(seen) == 1:
            records.change(
                REFERENCE, RECORD.mail, lambda _: structs.replace(RECORD, route="second")
            )
        return before or RECORD

    after = records.change(REFERENCE, RECORD.mail, decide)
    assert [record and record.route for record in seen] == [None, "second"]
    assert after is not None
    assert after.route == "second"


def test_a_record_is_kept_under_names_that_never_change(
    aws: Stack, table: str, records: MailRecordTable
) -> None:
    """What an earlier release wrote is read, and what is written now an earlier one can read."""
    records.change(REFERENCE, RECORD.mail, lambda _: RECORD)
    (item,) = aws.items(table)
    assert set(json.loads(item["doc"]["S"])) == {
        "reference",
        "mail",
        "purpose",
        "provider",
        "route",
        "network",
        "started_at",
        "marks",
        "message_id",
        "domain",
    }


def test_a_removed_record_is_gone(records: MailRecordTable) -> None:
    records.change(REFERENCE, RECORD.mail, lambda _: RECORD)
    assert records.remove(REFERENCE, RECORD.mail, lambda _: False) is False
    assert records.of(REFERENCE) == [RECORD]
    assert records.remove(REFERENCE, RECORD.mail, lambda record: record == RECORD)
    assert records.of(REFERENCE) == []


def test_all_mails_of_an_attempt_are_found_and_no_codes(
    records: MailRecordTable, codes: KeptCodeTable
) -> None:
    again = structs.replace(RECORD, mail=f"{RECORD.mail}.2")
    records.change(REFERENCE, RECORD.mail, lambda _: RECORD)
    records.change(REFERENCE, again.mail, lambda _: again)
    codes.keep(CODE)
    assert records.of(REFERENCE) == [RECORD, again]


def test_a_code_is_kept_once_until_it_expires(aws: Stack, table: str, codes: KeptCodeTable) -> None:
    assert codes.keep(CODE) == CODE
    assert codes.keep(structs.replace(CODE, expires_at=CODE.expires_at + timedelta(days=1))) == CODE
    assert expires(aws, table) == [CODE.expires_at.replace(microsecond=0)]


def test_the_newest_code_is_the_one_issued_last(codes: KeptCodeTable) -> None:
    assert codes.newest(REFERENCE) is None
    newer = structs.replace(
        CODE, mail="0" * 32, issued_at=START + timedelta(seconds=1), reissue=True
    )
    codes.keep(newer)
    codes.keep(CODE)
    codes.keep(structs.replace(CODE, reference="OTHER", issued_at=START + timedelta(days=1)))
    assert codes.newest(REFERENCE) == newer
    codes.forget(newer)
    assert codes.newest(REFERENCE) == CODE


def test_events_end_in_the_table_whatever_their_order(records: MailRecordTable) -> None:
    told = Told()
    trail = Trail(records, [NetworkBounces(told, lambda: ses.at(0))])
    for message in (ses.bounce(), ses.delivery(), ses.send(), ses.bounce()):
        trail.record_event(message)
    fresh = structs.replace(
        RECORD, states={"waiting": StateChange(ses.at(0))}, started_at=ses.at(0)
    )
    assert trail.begin(fresh).state == "bounced"
    (record,) = records.of(REFERENCE)
    assert set(record.states) == {
        "waiting",
        "sent",
        "delivered",
        "bounced",
    }
    assert told.calls == [("sent", "net"), ("bounced", "net")]
