"""A code that Cognito issued becomes one mail."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from chalicelib.courier.interfaces import CodeUnreadable, MailRejected
from chalicelib.courier.purpose import Purpose
from chalicelib.courier.send_code import UnknownTrigger, UnreadableTrigger
from chalicelib.courier.sender import mail_id
from chalicelib.errors import TryLater
from tests.courier.fakes import LIFE, REFERENCE, START, Post, recipient
from tests.in_memory.courier import POOL, sealed, trigger

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
    assert len(post.records.kept) == len(post.codes.kept) == len(post.recipients.issued) == 1
    assert post.told.calls == [("sent", "net", mail_id(sealed("123456")))]


def test_the_codes_life_counts_from_when_it_was_asked_for() -> None:
    post = Post(asked_at=START - timedelta(hours=5))
    post.send_code(trigger(sealed("123456")))
    assert post.recipients.issued == [(START, START - timedelta(hours=5) + LIFE)]
    (kept,) = post.codes.kept.values()
    assert kept.expires_at == START + timedelta(hours=19)
    # 09:05:42 UTC + 19 h is 13:05 in Japan the next day.
    assert "until 2026-11-25 13:05 (Japan time)" in post.mails[0].text


def test_a_retry_does_not_lengthen_the_codes_life() -> None:
    post = Post(asked_at=None)
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.send_code(trigger(sealed("123456")))
    post.clock.pass_(minutes=2)
    post.send_code(trigger(sealed("123456")))
    assert post.recipients.issued == [(START, START + LIFE)]


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
    post = Post(live=False)
    post.send_code(trigger(sealed("123456")))
    assert post.mails == []
    assert post.codes.kept == {}
    assert post.records.writes == 0


def test_a_sign_ups_code_that_comes_after_a_reissue_is_dropped() -> None:
    post = Post(reissued=True)
    post.send_code(trigger(sealed("111111")))
    assert post.mails == []
    assert post.codes.kept == {}
    assert post.records.writes == 0
    post.send_code(trigger(sealed("222222"), RESEND))
    assert ["\n222222\n" in mail.text for mail in post.mails] == [True]


def test_a_reissue_that_overtakes_the_sign_up_leaves_nothing_of_it() -> None:
    post = Post()
    post.recipients.overtaken_by = recipient(reissued=True)
    post.send_code(trigger(sealed("111111")))
    assert post.mails == []
    assert post.records.kept == {}
    assert post.codes.kept == {}


def test_an_owner_is_told_of_the_account_without_a_code_by_the_same_steps() -> None:
    post, other = Post(purpose=Purpose.ACCOUNT_EXISTS), Post()
    post.send_code(trigger(sealed("123456")))
    other.send_code(trigger(sealed("123456")))
    (mail,) = post.mails
    assert "123456" not in mail.text + mail.subject
    assert "already has an account" in mail.text
    assert mail.tags["purpose"] == post.record.purpose == "account-exists"
    assert post.code_decryption.opened == other.code_decryption.opened
    assert post.records.writes == other.records.writes
    assert post.recipients.issued == other.recipients.issued
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
