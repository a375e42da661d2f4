"""Events and our own steps meet in one row, in any order and any number."""

from __future__ import annotations

import itertools
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import TryLater
from chalicelib.trail.record import Trail
from chalicelib.trail.row import Row
from chalicelib.trail.states import Mark, State
from tests.trail import ses_events as ses
from tests.trail.memory import MemoryRows, Told

EVENTS = (ses.send(), ses.delay(), ses.delivery(), ses.bounce(), ses.complaint())


def waiting(mail: str = ses.MAIL, network: str = "net") -> Row:
    return Row(
        reference="7Q4K2M9X8T",
        mail=mail,
        purpose="sign-up",
        provider="docomo",
        route="primary",
        network=network,
        started_at=ses.at(0),
        marks={State.WAITING: Mark(ses.at(0))},
    )


@pytest.fixture
def rows() -> MemoryRows:
    return MemoryRows()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def trail(rows: MemoryRows, told: Told) -> Trail:
    return Trail(rows, told)


def only(rows: MemoryRows) -> Row:
    (row,) = rows.kept.values()
    return row


def after(*steps: str) -> tuple[Row, list[tuple[str, str, str]]]:
    """The row and what the network was told after ``steps``: events, ``begin`` or ``sent``."""
    rows, told = MemoryRows(), Told()
    trail = Trail(rows, told)
    for step in steps:
        if step == "begin":
            trail.begin(waiting())
        elif step == "sent":
            trail.reached(waiting(), State.SENT, Mark(ses.at(2)), "0106018b-1")
        else:
            trail.record(step)
    return only(rows), told.calls


IN_ORDER = ("begin", "sent", *EVENTS)


@given(st.permutations(IN_ORDER), st.lists(st.sampled_from(IN_ORDER)))
def test_disorder_and_duplicates_change_nothing(steps: list[str], more: list[str]) -> None:
    expected, _ = after(*IN_ORDER)
    row, told = after(*steps, *more)
    # Where SES was first, its own time stands as the start.
    assert row.marks == expected.marks
    assert row.state is State.COMPLAINED
    assert (row.network, row.message_id) == ("net", "0106018b-1")
    assert sorted(told) == [("bounced", "net", ses.MAIL), ("sent", "net", ses.MAIL)]


@given(st.lists(st.sampled_from(("begin", "sent", *EVENTS)), min_size=1))
def test_the_network_is_never_told_twice(steps: list[str]) -> None:
    _, told = after(*steps)
    assert len(told) == len(set(told))


def test_a_duplicate_is_not_even_written(rows: MemoryRows, trail: Trail) -> None:
    trail.record(ses.delivery())
    trail.record(ses.delivery())
    assert rows.writes == 1


def test_an_event_without_a_row_makes_it(rows: MemoryRows, told: Told, trail: Trail) -> None:
    trail.record(ses.delivery())
    row = only(rows)
    assert (row.reference, row.mail, row.state) == ("7Q4K2M9X8T", ses.MAIL, State.DELIVERED)
    assert row.handed_over
    assert told.calls == []


def test_the_sender_finds_what_ses_told_first(rows: MemoryRows, told: Told, trail: Trail) -> None:
    trail.record(ses.bounce())
    row = trail.begin(waiting())
    assert row.handed_over
    assert row == only(rows)
    assert told.calls == [("sent", "net", ses.MAIL), ("bounced", "net", ses.MAIL)]


def test_a_row_begun_twice_stays_the_first(rows: MemoryRows, trail: Trail) -> None:
    first = trail.begin(waiting())
    later = Row(**{**vars(waiting()), "started_at": ses.at(60)})
    assert trail.begin(later) == first
    assert rows.writes == 1


def test_the_loser_of_a_race_tells_nobody(rows: MemoryRows, told: Told, trail: Trail) -> None:
    trail.begin(waiting())
    rows.raced = lambda: trail.record(ses.bounce())
    trail.record(ses.bounce())
    assert told.calls.count(("bounced", "net", ses.MAIL)) == 1


@pytest.mark.parametrize(
    ("message", "counted"),
    [
        (ses.bounce(), True),
        (ses.bounce(subtype="Undetermined", status=None, diagnostic=None), True),
        # We are refused, or their server has trouble: nobody guessed addresses.
        (ses.bounce(status="5.7.1", diagnostic=None), False),
        (ses.bounce("Transient", "MailboxFull"), False),
        (ses.bounce("Transient", "General", status="4.4.7", diagnostic=None), False),
        (ses.bounce(subtype="OnAccountSuppressionList", status=None, diagnostic=None), False),
    ],
)
def test_only_wrong_addresses_count_against_a_network(
    told: Told, trail: Trail, message: str, counted: bool
) -> None:
    trail.begin(waiting())
    trail.record(message)
    assert (("bounced", "net", ses.MAIL) in told.calls) is counted
    assert ("sent", "net", ses.MAIL) in told.calls


def test_a_mail_that_never_left_is_not_counted(told: Told, trail: Trail) -> None:
    trail.begin(waiting())
    trail.reached(waiting(), State.REJECTED, Mark(ses.at(1), "other"))
    assert told.calls == []


def test_a_network_that_cannot_be_counted_does_not_lose_the_event(rows: MemoryRows) -> None:
    class Down(Told):
        def sent(self, network: str, mail: str) -> None:
            raise TryLater

    trail = Trail(rows, Down())
    trail.begin(waiting())
    trail.record(ses.delivery())
    assert only(rows).state is State.DELIVERED


def test_a_message_that_is_no_event_is_logged_and_dropped(
    rows: MemoryRows, trail: Trail, caplog: pytest.LogCaptureFixture
) -> None:
    trail.record("Successfully validated SNS topic for Amazon SES event publishing.")
    trail.record(ses.event("Open"))
    assert rows.kept == {}
    assert [r.levelno for r in caplog.records] == [logging.WARNING] * 2


def test_logs_hold_no_address(trail: Trail, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for message in EVENTS:
        trail.record(message)
    assert "User unknown" in caplog.text
    assert "yamada" not in caplog.text


def test_mails_of_one_attempt_are_kept_apart(rows: MemoryRows, trail: Trail) -> None:
    trail.begin(waiting())
    trail.begin(waiting(f"{ses.MAIL}.2"))
    trail.record(ses.delivery(tag=f"{ses.MAIL}-2"))
    states = {row.mail: row.state for row in rows.of("7Q4K2M9X8T")}
    assert states == {ses.MAIL: State.WAITING, f"{ses.MAIL}.2": State.DELIVERED}


def test_a_forgotten_mail_leaves_no_row(rows: MemoryRows, trail: Trail) -> None:
    trail.forget(trail.begin(waiting()))
    assert rows.kept == {}


def test_every_order_of_three_events_ends_alike() -> None:
    ends = {
        repr(sorted(after(*order)[0].marks.items()))
        for order in itertools.permutations(("begin", ses.delivery(), ses.bounce()))
    }
    assert len(ends) == 1
