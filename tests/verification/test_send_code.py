"""A code that Cognito issued becomes one mail."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.courier.sender import MailRejected
from chalicelib.errors import TryLater
from chalicelib.jobs import MailAgain
from chalicelib.verification import transitions
from chalicelib.verification.model import AttemptState, CodeUnreadable, Registration
from chalicelib.verification.send_code import UnknownTrigger, UnreadableTrigger, mail_id
from tests.in_memory.courier import POOL, sealed, trigger
from tests.in_memory.post import ASKED, LIFE, REFERENCE, START, Post

RESEND = "CustomEmailSender_ResendCode"


def test_the_code_is_mailed_to_the_address_of_the_reference() -> None:
    post = Post()
    post.send_code(trigger(sealed("123456")))
    (mail,) = post.mails
    assert mail.to == "taro.yamada@docomo.ne.jp"
    assert mail.from_name == "High School Application"
    assert "\n123456\n" in mail.text
    assert "K7" in mail.subject
    assert post.record.state == "sent"
    assert post.record.message_id == "message-1"


def test_the_mail_is_tagged_for_its_events() -> None:
    post = Post(provider="example.ed.jp")
    post.send_code(trigger(sealed("123456")))
    assert post.mails[0].tags == {
        "reference": REFERENCE,
        "mail": mail_id(sealed("123456")),
        "purpose": "sign-up",
        "provider": "example-ed-jp",
        "route": "primary",
    }


def test_a_provider_that_is_not_known_yet_is_a_tag_too() -> None:
    post = Post(provider=None)
    post.send_code(trigger(sealed("123456")))
    assert post.mails[0].tags["provider"] == "unknown"


def test_a_second_invocation_sends_nothing() -> None:
    post = Post()
    post.send_code(trigger(sealed("123456")))
    post.clock.pass_(minutes=3)
    post.send_code(trigger(sealed("123456")))
    assert len(post.mails) == 1
    assert len(post.records.kept) == len(post.codes.kept) == 1
    assert post.attempt.code_expires_at == ASKED + LIFE
    assert post.told.calls == [("sent", "net")]


def test_the_codes_life_counts_from_when_it_was_asked_for() -> None:
    post = Post(signup_at=START - timedelta(hours=5))
    post.send_code(trigger(sealed("123456")))
    (kept,) = post.codes.kept.values()
    assert kept.issued_at == START
    assert kept.expires_at == post.attempt.code_expires_at == START + timedelta(hours=19)
    # 09:05:42 UTC + 19 h is 13:05 in Japan the next day.
    assert "until 25 Nov 2026, 13:05 (Japan time)" in post.mails[0].text


def test_a_retry_does_not_lengthen_the_codes_life() -> None:
    post = Post(signup_at=None)
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.send_code(trigger(sealed("123456")))
    post.clock.pass_(minutes=2)
    post.send_code(trigger(sealed("123456")))
    (kept,) = post.codes.kept.values()
    assert kept.issued_at == START
    assert kept.expires_at == post.attempt.code_expires_at == START + LIFE


@pytest.mark.parametrize(
    "source",
    [
        "CustomEmailSender_ForgotPassword",
        "CustomEmailSender_Authentication",
        "CustomEmailSender_UpdateUserAttribute",
        "CustomEmailSender_AdminCreateUser",
        "CustomSMSSender_SignUp",
        "",
    ],
)
def test_a_code_of_a_trigger_that_nobody_knows_is_never_lost_in_silence(source: str) -> None:
    """What is raised, the function's failure destination keeps, and an operator is told."""
    post = Post()
    with pytest.raises(UnknownTrigger) as error:
        post.send_code(trigger(sealed("123456"), source))
    assert source in str(error.value)
    assert sealed("123456") not in str(error.value)
    assert post.mails == []
    assert post.records.kept == {}


@pytest.mark.parametrize("request_", [{"code": None}, {"code": ""}, {}, None, "code"])
def test_a_trigger_without_a_code_is_passed_over_by_a_log_line(
    request_: object, caplog: pytest.LogCaptureFixture
) -> None:
    post = Post()
    event = trigger("", "CustomEmailSender_AccountTakeOverNotification")
    event["request"] = request_
    post.send_code(event)
    assert post.mails == []
    assert post.records.kept == {}
    assert [r.levelno for r in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize("missing", ["userName", "userPoolId", "request"])
def test_a_malformed_trigger_is_an_error_that_quotes_nothing(missing: str) -> None:
    event = trigger(sealed("123456"))
    del event[missing]
    with pytest.raises(UnreadableTrigger) as error:
        Post().send_code(event)
    assert missing in str(error.value)
    assert sealed("123456") not in str(error.value)


def test_a_trigger_without_a_code_is_an_error() -> None:
    event = trigger("")
    event["request"]["code"] = None
    with pytest.raises(UnreadableTrigger):
        Post().send_code(event)


def test_an_unknown_reference_gets_no_mail() -> None:
    post = Post()
    post.send_code(trigger(sealed("123456"), user="NOBODY"))
    assert post.mails == []
    assert post.records.kept == {}


def test_a_registration_that_needs_no_code_gets_no_mail() -> None:
    post = Post(state=AttemptState.VERIFIED)
    post.send_code(trigger(sealed("123456")))
    assert post.mails == []
    assert post.codes.kept == {}
    assert post.records.writes == 0


def test_a_sign_ups_code_that_comes_after_a_reissue_is_dropped() -> None:
    post = Post(reissued_at=ASKED)
    post.send_code(trigger(sealed("111111")))
    assert post.mails == []
    assert post.codes.kept == {}
    assert post.records.writes == 0
    post.send_code(trigger(sealed("222222"), RESEND))
    assert ["\n222222\n" in mail.text for mail in post.mails] == [True]


def test_a_reissue_that_overtakes_the_sign_up_leaves_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post = Post()
    change = post.table.change

    def overtaken(*arguments: Any) -> Registration | None:
        change(REFERENCE, lambda r: transitions.reissuing(r, r.attempts[REFERENCE], START))
        return change(*arguments)

    monkeypatch.setattr(post.table, "change", overtaken)
    post.send_code(trigger(sealed("111111")))
    assert post.mails == []
    assert post.records.kept == {}
    assert post.codes.kept == {}


@pytest.mark.parametrize("state", [AttemptState.VERIFIED, AttemptState.VOID])
def test_an_attempt_that_needs_no_code_by_the_time_it_is_noted_gets_none(
    monkeypatch: pytest.MonkeyPatch, state: AttemptState
) -> None:
    post = Post()
    change = post.table.change

    def overtaken(*arguments: Any) -> Registration | None:
        change(REFERENCE, lambda r: r.with_attempt(replace(r.attempt, state=state)))
        return change(*arguments)

    monkeypatch.setattr(post.table, "change", overtaken)
    post.send_code(trigger(sealed("111111")))
    assert post.mails == []
    assert post.records.kept == {}
    assert post.codes.kept == {}
    assert post.attempt.code_expires_at is None


def test_a_mail_that_has_left_keeps_its_record_when_its_code_is_overtaken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The event comes once more while a new code is asked for: what SES has is not forgotten."""
    post = Post()
    post.send_code(trigger(sealed("111111")))
    change = post.table.change

    def overtaken(*arguments: Any) -> Registration | None:
        dead = replace(post.attempt, reissued_at=START, code_expires_at=None)
        change(REFERENCE, lambda r: r.with_attempt(dead))
        return change(*arguments)

    monkeypatch.setattr(post.table, "change", overtaken)
    post.send_code(trigger(sealed("111111")))
    assert post.record.state == "sent"
    assert len(post.mails) == 1


def test_an_owner_is_told_of_the_account_without_a_code_by_the_same_steps() -> None:
    post, other = Post(), Post()
    post.is_owned()
    post.send_code(trigger(sealed("123456")))
    other.send_code(trigger(sealed("123456")))
    (mail,) = post.mails
    assert "123456" not in mail.text + mail.subject
    assert "already has an account" in mail.text
    assert mail.tags["purpose"] == post.record.purpose == "account-exists"
    assert post.code_decryption.opened == other.code_decryption.opened
    assert post.records.writes == other.records.writes
    assert post.attempt == other.attempt
    assert post.codes.kept == other.codes.kept


def test_a_refused_mail_is_marked_and_not_tried_again() -> None:
    post = Post()
    post.outbox.failing = [MailRejected("no-such-mailbox")]
    post.send_code(trigger(sealed("123456")))
    assert post.record.state == "rejected"
    assert post.record.states["rejected"].reason == "no-such-mailbox"
    post.send_code(trigger(sealed("123456")))
    assert post.mails == []


def test_what_may_work_later_is_left_to_lambda() -> None:
    post = Post()
    post.outbox.failing = [TryLater(), TryLater()]
    for _ in range(2):
        with pytest.raises(TryLater):
            post.send_code(trigger(sealed("123456")))
        assert post.record.state == "waiting"
    post.send_code(trigger(sealed("123456")))
    assert post.record.state == "sent"
    assert len(post.mails) == 1


def test_what_must_wait_is_on_the_patient_queue_too() -> None:
    """Lambda's two tries are over in three minutes."""
    post = Post()
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.send_code(trigger(sealed("123456")))
    assert post.jobs.again == [MailAgain(REFERENCE, 0)]
    post.send_code(trigger(sealed("123456")))
    assert post.jobs.again == [MailAgain(REFERENCE, 0)]


def test_a_code_that_nobody_has_noted_is_lambdas_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweeper has a new one issued when it stays away; this one's mail must not come then."""
    post = Post()

    def busy(*arguments: Any) -> None:
        raise TryLater()

    monkeypatch.setattr(post.codes, "keep", busy)
    with pytest.raises(TryLater):
        post.send_code(trigger(sealed("123456")))
    assert post.jobs.again == []


def test_what_no_later_try_mends_waits_in_no_queue() -> None:
    post = Post()
    post.outbox.failing = [RuntimeError("defect")]
    with pytest.raises(RuntimeError):
        post.send_code(trigger(sealed("123456")))
    assert post.jobs.again == []


def test_an_envelope_of_another_pool_is_an_error_and_no_mail() -> None:
    post = Post()
    with pytest.raises(CodeUnreadable):
        post.send_code(trigger(sealed("123456", pool=f"{POOL}2")))
    assert post.mails == []


def test_no_log_line_holds_code_ciphertext_or_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    post = Post()
    post.outbox.failing = [MailRejected("other")]
    post.send_code(trigger(sealed("123456")))
    post.send_code(trigger(sealed("123456"), user="NOBODY"))
    post.send_code(trigger("", "CustomEmailSender_ForgotPassword"))
    assert len(caplog.records) == 3
    for secret in ("123456", sealed("123456"), "yamada"):
        assert secret not in caplog.text
