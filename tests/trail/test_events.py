"""SES's event records, read."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trail.delivery_states import STATES, DeliveryState
from chalicelib.trail.events import UnreadableEvent, parse_event
from tests.trail import ses_events as ses


@pytest.mark.parametrize(
    ("message", "state", "seconds", "reason"),
    [
        (ses.send(), "sent", 1, None),
        (ses.delivery(3), "delivered", 3, None),
        (ses.bounce(seconds=5), "bounced", 5, "no-such-mailbox"),
        (
            ses.bounce("Transient", "MailboxFull", status=None),
            "bounced",
            5,
            "mailbox-full",
        ),
        (
            ses.bounce(subtype="OnAccountSuppressionList", status=None, diagnostic=None),
            "suppressed",
            5,
            "suppressed",
        ),
        (ses.complaint(), "complained", 600, "spam"),
        (
            ses.complaint(None, "OnAccountSuppressionList"),
            "suppressed",
            600,
            "suppressed",
        ),
        (ses.complaint(None, "OnTenantSuppressionList"), "suppressed", 600, "suppressed"),
        (ses.delay(), "delayed", 120, "server-down"),
        (ses.delay("MailboxFull"), "delayed", 120, "mailbox-full"),
        (ses.reject(), "rejected", 1, "other"),
        (ses.rendering_failure(), "rejected", 1, "other"),
    ],
)
def test_every_kind_of_event(
    message: str, state: DeliveryState, seconds: float, reason: str
) -> None:
    event = parse_event(message)
    assert event is not None
    assert (event.state, event.change.at, event.change.reason) == (state, ses.at(seconds), reason)
    assert (event.reference, event.mail) == ("7Q4K2M9X8T", ses.MAIL)
    assert (event.purpose, event.provider, event.route) == ("sign-up", "docomo", "primary")
    assert event.message_id == "0106018b-1"


def test_sending_again_is_named_with_its_number() -> None:
    event = parse_event(ses.send(tag=f"{ses.MAIL}-3"))
    assert event is not None
    assert event.mail == f"{ses.MAIL}.3"


def test_what_the_server_said_is_kept_without_the_address() -> None:
    event = parse_event(ses.bounce())
    assert event is not None
    assert event.change.words == "smtp; 550 5.1.1 <t***@docomo.ne.jp>... User unknown"


def test_an_absence_notice_is_no_bounce() -> None:
    assert parse_event(ses.bounce("Transient", "General", status=None, diagnostic=None)) is None


@pytest.mark.parametrize("kind", ["Transient", "Undetermined", "Permanent"])
@pytest.mark.parametrize("subtype", ["General", "Undetermined"])
@pytest.mark.parametrize(
    "words",
    [
        "smtp; Automatic reply: out of office",
        "Out of office",
        "不在通知: 来週まで休みます",
        # Words of bounces, in another sense.
        "自動返信：しばらく不在にしております",
        "Automatic reply: I am on vacation and will answer later",
        "Automatic reply: this mailbox is no longer checked; the office is closed",
        "年末年始休業のお知らせ",
        "Absent du bureau jusqu'au 4 janvier",
        "Estoy fuera de la oficina",
        "부재중 자동응답",
    ],
)
def test_an_absence_notice_may_say_what_it_is(kind: str, subtype: str, words: str) -> None:
    for status in (None, "5.0.0", "4.0.0"):
        assert parse_event(ses.bounce(kind, subtype, status=status, diagnostic=words)) is None


@pytest.mark.parametrize(
    ("kind", "subtype", "status", "words", "reason"),
    [
        # A number, or SES, names a failure.
        ("Permanent", "General", "5.1.1", "Automatic reply", "no-such-mailbox"),
        ("Permanent", "General", None, "smtp; 550 5.1.1 Automatic reply", "no-such-mailbox"),
        ("Permanent", "General", "5.0.0", "smtp; 550 out of office", "other"),
        ("Transient", "MailboxFull", None, None, "mailbox-full"),
        ("Transient", "ContentRejected", None, None, "spam"),
        # The mail server itself answers.
        ("Permanent", "General", None, "Automatic reply: undeliverable", "other"),
    ],
)
def test_a_failure_is_no_absence_notice(
    kind: str, subtype: str, status: str | None, words: str | None, reason: str
) -> None:
    event = parse_event(ses.bounce(kind, subtype, status=status, diagnostic=words))
    assert event is not None
    assert (event.state, event.change.reason) == ("bounced", reason)


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        ("Permanent", "NoEmail"),
        ("Transient", "MailboxFull"),
        ("Transient", "ContentRejected"),
        ("Transient", "MessageTooLarge"),
    ],
)
def test_an_absence_notice_that_is_filed_under_a_cause_undoes_no_delivery(
    kind: str, subtype: str
) -> None:
    words = "I am out of the office"
    event = parse_event(ses.bounce(kind, subtype, status=None, diagnostic=words))
    assert event is not None
    assert event.state == "answered"
    assert STATES.index("answered") < STATES.index("delivered")
    # Without the words it is a failure; with a number, too.
    for status, said in ((None, None), ("5.1.1", words)):
        event = parse_event(ses.bounce(kind, subtype, status=status, diagnostic=said))
        assert event is not None
        assert event.state == "bounced"


@pytest.mark.parametrize(
    ("kind", "status", "diagnostic", "state"),
    [
        # Something came back, and SES cannot say what.
        ("Undetermined", None, None, "answered"),
        ("Undetermined", "5.0.0", None, "answered"),
        ("Undetermined", None, "thank you for your mail", "answered"),
        ("Transient", "5.0.0", None, "answered"),
        # A server that refuses leaves no doubt.
        ("Undetermined", "5.1.1", None, "bounced"),
        ("Undetermined", "5.0.0", "smtp; 550 no", "bounced"),
        ("Undetermined", None, "user unknown", "bounced"),
        ("Permanent", None, None, "bounced"),
    ],
)
def test_what_came_back_is_a_bounce_if_it_names_a_failure(
    kind: str, status: str | None, diagnostic: str | None, state: str
) -> None:
    event = parse_event(ses.bounce(kind, "Undetermined", status=status, diagnostic=diagnostic))
    assert event is not None
    assert event.state == state


@pytest.mark.parametrize(
    "subtype",
    [
        "Suppressed",
        "OnAccountSuppressionList",
        "OnTenantSuppressionList",
        "EmailValidationSuppressed",
        "UnsubscribedRecipient",
    ],
)
def test_operators_see_why_ses_did_not_send(subtype: str) -> None:
    silent = parse_event(ses.bounce(subtype=subtype, status="5.1.1", diagnostic=None))
    spoken = parse_event(ses.bounce(subtype=subtype, diagnostic=f"not sent to {ses.TO}"))
    assert silent is not None
    assert spoken is not None
    assert (silent.state, silent.change.words) == ("suppressed", subtype)
    assert (spoken.state, spoken.change.words) == (
        "suppressed",
        f"{subtype}: not sent to t***@docomo.ne.jp",
    )


def test_a_soft_bounce_with_a_status_is_one() -> None:
    event = parse_event(ses.bounce("Transient", "General", status="4.4.7", diagnostic=None))
    assert event is not None
    assert event.state == "bounced"


def test_not_spam_is_no_complaint() -> None:
    assert parse_event(ses.complaint("not-spam")) is None


@pytest.mark.parametrize("part", ["a", "a.", "1.", "a@", "<a@", "user ", "-", "5.1.", "unknown "])
def test_a_server_that_talks_for_ever_keeps_nobody_waiting(part: str) -> None:
    begun = time.process_time()
    parse_event(ses.bounce(status="5.0.0", diagnostic=part * (100_000 // len(part))))
    assert time.process_time() - begun < 2


def _without(*path: str) -> str:
    record = json.loads(ses.bounce())
    parent = record
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return json.dumps(record)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Successfully validated SNS topic for Amazon SES event publishing.",
        "null",
        "[]",
        "[" * 100_000,
        "{}",
        json.dumps({"notificationType": "Bounce", "mail": {}}),
        ses.event("Open", {"ipAddress": "192.0.2.1"}),
        ses.event("Click"),
        ses.event("Subscription"),
        ses.event("Delivery"),
        ses.send(tag="../etc"),
        ses.send(tag=f"{ses.MAIL}-x"),
        ses.send(reference=""),
        ses.send().replace(ses.stamp(1), "yesterday"),
        ses.send().replace(ses.stamp(1), "2026-11-24T09:00:01"),
        _without("mail"),
        _without("mail", "tags"),
        _without("mail", "tags", "reference"),
        _without("mail", "tags", "mail"),
        _without("mail", "messageId"),
        _without("bounce"),
        _without("bounce", "bouncedRecipients"),
        _without("bounce", "timestamp"),
    ],
)
def test_anything_else_is_refused_with_a_reason(message: str) -> None:
    with pytest.raises(UnreadableEvent) as refusal:
        parse_event(message)
    assert str(refusal.value)
    assert "yamada" not in str(refusal.value)


@given(st.text() | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(json.dumps))
def test_no_text_makes_it_fail_otherwise(message: str) -> None:
    with pytest.raises(UnreadableEvent):
        parse_event(message)


def test_fields_that_ses_may_add_are_ignored() -> None:
    record = json.loads(ses.delivery())
    record["mail"]["new"] = record["new"] = {"a": [1]}
    assert parse_event(json.dumps(record)) is not None
