"""Events and our own steps meet in one record, in any order and any number."""

from __future__ import annotations

import itertools
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from chalicelib.errors import TryLater
from chalicelib.trail.delivery_states import StateChange
from chalicelib.trail.mail_record import MailRecord
from chalicelib.trail.network_bounces import NetworkBounces
from chalicelib.trail.recorder import Trail
from tests.in_memory.mail_records import MailRecordsInMemory, Told
from tests.in_memory.tables import CountersInMemory
from tests.trail import ses_events as ses

EVENTS = (ses.send(), ses.delay(), ses.delivery(), ses.bounce(), ses.complaint())


def waiting(mail: str = ses.MAIL, network: str = "net") -> MailRecord:
    return MailRecord(
        reference="7Q4K2M9X8T",
        mail=mail,
        purpose="sign-up",
        provider="docomo",
        route="primary",
        network=network,
        started_at=ses.at(0),
        states={"waiting": StateChange(ses.at(0))},
    )


@pytest.fixture
def records() -> MailRecordsInMemory:
    return MailRecordsInMemory()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def trail(records: MailRecordsInMemory, told: Told) -> Trail:
    return Trail(records, [NetworkBounces(told, lambda: ses.at(0))])


def only(records: MailRecordsInMemory) -> MailRecord:
    (record,) = records.kept.values()
    return record


def after(*steps: str) -> tuple[MailRecord, list[tuple[str, str]]]:
    """The record and what the network was told after ``steps``: events, ``begin`` or ``sent``."""
    records, told = MailRecordsInMemory(), Told()
    trail = Trail(records, [NetworkBounces(told, lambda: ses.at(0))])
    for step in steps:
        if step == "begin":
            trail.begin(waiting())
        elif step == "sent":
            trail.reached(waiting(), "sent", StateChange(ses.at(2)), "0106018b-1")
        else:
            trail.record_event(step)
    return only(records), told.calls


IN_ORDER = ("begin", "sent", *EVENTS)


@given(st.permutations(IN_ORDER), st.lists(st.sampled_from(IN_ORDER)))
def test_disorder_and_duplicates_change_nothing(steps: list[str], more: list[str]) -> None:
    expected, _ = after(*IN_ORDER)
    record, told = after(*steps, *more)
    # Where SES was first, its own time stands as the start.
    assert record.states == expected.states
    assert record.state == "complained"
    assert (record.network, record.message_id) == ("net", "0106018b-1")
    assert sorted(told) == [("bounced", "net"), ("sent", "net")]


@given(st.lists(st.sampled_from(("begin", "sent", *EVENTS)), min_size=1))
def test_the_network_is_never_told_twice(steps: list[str]) -> None:
    _, told = after(*steps)
    assert len(told) == len(set(told))


def test_a_duplicate_is_not_even_written(records: MailRecordsInMemory, trail: Trail) -> None:
    trail.record_event(ses.delivery())
    trail.record_event(ses.delivery())
    assert records.writes == 1


def test_an_event_without_a_record_makes_it(
    records: MailRecordsInMemory, told: Told, trail: Trail
) -> None:
    trail.record_event(ses.delivery())
    record = only(records)
    assert (record.reference, record.mail, record.state) == (
        "7Q4K2M9X8T",
        ses.MAIL,
        "delivered",
    )
    assert record.handed_over
    assert told.calls == []


def test_the_sender_finds_what_ses_told_first(
    records: MailRecordsInMemory, told: Told, trail: Trail
) -> None:
    trail.record_event(ses.bounce())
    record = trail.begin(waiting())
    assert record.handed_over
    assert record == only(records)
    assert told.calls == [("sent", "net"), ("bounced", "net")]


def test_a_record_begun_twice_stays_the_first(records: MailRecordsInMemory, trail: Trail) -> None:
    first = trail.begin(waiting())
    later = structs.replace(waiting(), started_at=ses.at(60))
    assert trail.begin(later) == first
    assert records.writes == 1


def test_the_loser_of_a_race_tells_nobody(
    records: MailRecordsInMemory, told: Told, trail: Trail
) -> None:
    trail.begin(waiting())
    records.raced = lambda: trail.record_event(ses.bounce())
    trail.record_event(ses.bounce())
    assert told.calls.count(("bounced", "net")) == 1


@pytest.mark.parametrize(
    ("message", "counted"),
    [
        (ses.bounce(), True),
        (ses.bounce(subtype="Undetermined", status=None, diagnostic=None), True),
        # We are refused, or their server has trouble: nobody guessed addresses.
        (ses.bounce(status="5.7.1", diagnostic=None), False),
        (ses.bounce("Transient", "MailboxFull"), False),
        (ses.bounce("Transient", "General", status="4.4.7", diagnostic=None), False),
        (ses.bounce(status="4.7.28", diagnostic="smtp; 421 4.7.28 unusual rate"), False),
        # It may be an absence notice.
        (ses.bounce("Undetermined", "Undetermined", status=None, diagnostic=None), False),
        (ses.bounce(subtype="OnAccountSuppressionList", status=None, diagnostic=None), False),
    ],
)
def test_only_wrong_addresses_count_against_a_network(
    told: Told, trail: Trail, message: str, counted: bool
) -> None:
    trail.begin(waiting())
    trail.record_event(message)
    assert (("bounced", "net") in told.calls) is counted
    assert ("sent", "net") in told.calls


def test_a_mail_that_never_left_is_not_counted(told: Told, trail: Trail) -> None:
    trail.begin(waiting())
    trail.reached(waiting(), "rejected", StateChange(ses.at(1), "other"))
    assert told.calls == []


def test_a_network_that_cannot_be_counted_does_not_lose_the_event(
    records: MailRecordsInMemory,
) -> None:
    down = CountersInMemory()
    down.error = TryLater()
    trail = Trail(records, [NetworkBounces(down, lambda: ses.at(0))])
    trail.begin(waiting())
    trail.record_event(ses.delivery())
    assert only(records).state == "delivered"


Change = tuple[MailRecord | None, MailRecord | None]


def test_every_change_is_announced_once_as_it_was_and_as_it_is(
    records: MailRecordsInMemory,
) -> None:
    told: list[Change] = []
    trail = Trail(records, [lambda before, after: told.append((before, after))])
    begun = trail.begin(waiting())
    trail.record_event(ses.send())
    trail.record_event(ses.delivery())
    trail.record_event(ses.delivery())
    assert [before.state if before else None for before, _ in told] == [None, "waiting", "sent"]
    assert [after and after.state for _, after in told] == ["waiting", "sent", "delivered"]
    assert told[0] == (None, begun)


def test_a_mail_that_only_ses_has_told_of_is_announced_too(records: MailRecordsInMemory) -> None:
    told: list[Change] = []
    Trail(records, [lambda before, after: told.append((before, after))]).record_event(ses.bounce())
    assert told == [(None, only(records))]


@pytest.mark.parametrize("error", [TryLater(), KeyError("taro@example.ed.jp")])
def test_every_listener_is_told_whatever_becomes_of_the_others(
    records: MailRecordsInMemory, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(before: MailRecord | None, after: MailRecord | None) -> None:
        raise error

    told: list[MailRecord | None] = []
    trail = Trail(records, [broken, lambda _, after: told.append(after), broken])
    trail.begin(waiting())
    assert told == [only(records)]
    assert len(caplog.records) == 2
    assert "taro" not in caplog.text


def test_a_mail_that_has_not_left_is_rerouted(records: MailRecordsInMemory) -> None:
    told: list[Change] = []
    trail = Trail(records, [lambda before, after: told.append((before, after))])
    begun = trail.begin(waiting())
    assert trail.reroute(begun, "second").route == "second" == only(records).route
    assert trail.reroute(begun, "second").route == "second"
    assert [after and after.route for _, after in told] == ["primary", "second"]
    trail.record_event(ses.send())
    assert trail.reroute(begun, "primary").route == "second"


def test_a_mail_whose_record_is_gone_is_rerouted_all_the_same(
    records: MailRecordsInMemory, trail: Trail
) -> None:
    """It goes by the route that it was given, so that is what must be kept."""
    begun = trail.begin(waiting())
    records.kept.clear()
    assert trail.reroute(begun, "second") == only(records)
    assert only(records).route == "second"


def test_a_message_that_is_no_event_is_logged_and_dropped(
    records: MailRecordsInMemory, trail: Trail, caplog: pytest.LogCaptureFixture
) -> None:
    trail.record_event("Successfully validated SNS topic for Amazon SES event publishing.")
    trail.record_event(ses.event("Open"))
    assert records.kept == {}
    assert [r.levelno for r in caplog.records] == [logging.WARNING] * 2


def test_logs_hold_no_address(trail: Trail, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for message in EVENTS:
        trail.record_event(message)
    assert "User unknown" in caplog.text
    assert "yamada" not in caplog.text


def test_mails_of_one_attempt_are_kept_apart(records: MailRecordsInMemory, trail: Trail) -> None:
    trail.begin(waiting())
    trail.begin(waiting(f"{ses.MAIL}.2"))
    trail.record_event(ses.delivery(tag=f"{ses.MAIL}-2"))
    states = {record.mail: record.state for record in records.of("7Q4K2M9X8T")}
    assert states == {ses.MAIL: "waiting", f"{ses.MAIL}.2": "delivered"}


def test_a_forgotten_mail_leaves_no_record_and_every_listener_hears_of_it(
    records: MailRecordsInMemory, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Change] = []
    trail = Trail(
        records,
        [
            NetworkBounces(told, lambda: ses.at(0)),
            lambda before, after: heard.append((before, after)),
        ],
    )
    begun = trail.begin(waiting())
    trail.forget(begun)
    assert records.kept == {}
    assert heard == [(None, begun), (begun, None)]
    assert told.calls == []
    assert caplog.records == []


def test_a_mail_that_another_invocation_has_sent_is_not_forgotten(
    records: MailRecordsInMemory,
) -> None:
    heard: list[Change] = []
    trail = Trail(records, [lambda before, after: heard.append((before, after))])
    begun = trail.begin(waiting())
    sent = trail.reached(begun, "sent", StateChange(ses.at(1)))
    trail.forget(begun)
    assert list(records.kept.values()) == [sent]
    assert heard == [(None, begun), (begun, sent)]


def test_every_order_of_three_events_ends_alike() -> None:
    ends = {
        repr(sorted(after(*order)[0].states.items()))
        for order in itertools.permutations(("begin", ses.delivery(), ses.bounce()))
    }
    assert len(ends) == 1
