"""The trail's table: rows of mails and the codes kept beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.aws.trail import CodeTable, RowTable
from chalicelib.courier.interfaces import KeptCode
from chalicelib.trail.record import Trail
from chalicelib.trail.row import Row
from chalicelib.trail.states import Mark, State
from tests.courier.fakes import POOL, REFERENCE, START
from tests.courier.stack import Stack, stack
from tests.trail import ses_events as ses
from tests.trail.memory import Told

ROW = Row(
    reference=REFERENCE,
    mail="0123456789abcdef0123456789abcdef",
    purpose="sign-up",
    provider="docomo",
    route="primary",
    network="net",
    started_at=START,
    marks={
        State.WAITING: Mark(START),
        State.BOUNCED: Mark(START + timedelta(microseconds=1), "policy", "550 5.7.1 no"),
    },
    message_id="0106018b-1",
)
CODE = KeptCode(REFERENCE, ROW.mail, "QUJD", POOL, False, START, START + timedelta(days=1))


@pytest.fixture
def aws() -> Iterator[Stack]:
    with stack() as made:
        yield made


@pytest.fixture
def table(aws: Stack) -> str:
    return aws.table("TrailTable")


@pytest.fixture
def rows(aws: Stack, table: str) -> RowTable:
    return RowTable(lambda: aws.dynamodb, table)


@pytest.fixture
def codes(aws: Stack, table: str) -> CodeTable:
    return CodeTable(lambda: aws.dynamodb, table)


def expires(aws: Stack, table: str) -> list[datetime]:
    return [datetime.fromtimestamp(int(item["expires"]["N"]), UTC) for item in aws.items(table)]


def test_a_row_comes_back_as_it_was(rows: RowTable) -> None:
    assert rows.change(REFERENCE, ROW.mail, lambda _: ROW) == ROW
    assert rows.of(REFERENCE) == [ROW]
    assert rows.of("OTHER") == []


def test_a_row_goes_after_thirty_days(aws: Stack, table: str, rows: RowTable) -> None:
    rows.change(REFERENCE, ROW.mail, lambda _: ROW)
    assert expires(aws, table) == [START.replace(microsecond=0) + timedelta(days=30)]


def test_a_decision_for_nothing_writes_nothing(aws: Stack, table: str, rows: RowTable) -> None:
    rows.change(REFERENCE, ROW.mail, lambda before: before)
    assert aws.items(table) == []


def test_a_lost_race_is_decided_again(rows: RowTable) -> None:
    seen: list[Row | None] = []

    def decide(before: Row | None) -> Row:
        seen.append(before)
        if len(seen) == 1:
            rows.change(REFERENCE, ROW.mail, lambda _: replace(ROW, route="second"))
        return before or ROW

    after = rows.change(REFERENCE, ROW.mail, decide)
    assert [row and row.route for row in seen] == [None, "second"]
    assert after is not None
    assert after.route == "second"


def test_a_removed_row_is_gone(rows: RowTable) -> None:
    rows.change(REFERENCE, ROW.mail, lambda _: ROW)
    rows.remove(REFERENCE, ROW.mail)
    assert rows.of(REFERENCE) == []


def test_all_mails_of_an_attempt_are_found_and_no_codes(rows: RowTable, codes: CodeTable) -> None:
    again = replace(ROW, mail=f"{ROW.mail}.2")
    rows.change(REFERENCE, ROW.mail, lambda _: ROW)
    rows.change(REFERENCE, again.mail, lambda _: again)
    codes.keep(CODE)
    assert rows.of(REFERENCE) == [ROW, again]


def test_a_code_is_kept_once_until_it_expires(aws: Stack, table: str, codes: CodeTable) -> None:
    assert codes.keep(CODE) == CODE
    assert codes.keep(replace(CODE, expires_at=CODE.expires_at + timedelta(days=1))) == CODE
    assert expires(aws, table) == [CODE.expires_at.replace(microsecond=0)]


def test_the_newest_code_is_the_one_issued_last(codes: CodeTable) -> None:
    assert codes.newest(REFERENCE) is None
    newer = replace(CODE, mail="0" * 32, issued_at=START + timedelta(seconds=1), reissue=True)
    codes.keep(newer)
    codes.keep(CODE)
    codes.keep(replace(CODE, reference="OTHER", issued_at=START + timedelta(days=1)))
    assert codes.newest(REFERENCE) == newer
    codes.forget(newer)
    assert codes.newest(REFERENCE) == CODE


def test_events_end_in_the_table_whatever_their_order(rows: RowTable) -> None:
    told = Told()
    trail = Trail(rows, told)
    for message in (ses.bounce(), ses.delivery(), ses.send(), ses.bounce()):
        trail.record(message)
    fresh = replace(ROW, marks={State.WAITING: Mark(ses.at(0))}, started_at=ses.at(0))
    assert trail.begin(fresh).state is State.BOUNCED
    (row,) = rows.of(REFERENCE)
    assert set(row.marks) == {State.WAITING, State.SENT, State.DELIVERED, State.BOUNCED}
    assert told.calls == [("sent", "net", ROW.mail), ("bounced", "net", ROW.mail)]
