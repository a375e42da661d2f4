"""Mails as SES gets them, and SES's refusals in the courier's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber

from chalicelib.aws.ses import SesMailer, sender
from chalicelib.courier.sender import MailRejected, OutgoingMail
from chalicelib.errors import TryLater
from tests.aws.stack import Stack, stack
from tests.in_memory.post import ROUTE

MAIL = OutgoingMail(
    to="taro.yamada@docomo.ne.jp",
    from_name="高校出願登録",
    subject="高校出願登録：確認コード（K7）",
    text="確認コード\n\n123456\n",
    tags={"reference": "7Q4K2M9X8T", "mail": "0123-2", "purpose": "sign-up"},
)


@pytest.fixture(scope="module")
def aws() -> Iterator[Stack]:
    with stack() as made:
        yield made


def test_everything_reaches_ses(aws: Stack) -> None:
    regions: list[str] = []

    def client(region: str) -> Any:
        regions.append(region)
        return aws.ses

    message_id = SesMailer(client).send(ROUTE, MAIL)
    assert message_id
    assert regions == ["ap-northeast-1"]
    assert aws.outbox[-1] == {
        "FromEmailAddress": "=?utf-8?b?6auY5qCh5Ye66aGY55m76Yyy?= <entry@example.lg.jp>",
        "Destination": {"ToAddresses": ["taro.yamada@docomo.ne.jp"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": MAIL.subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": MAIL.text, "Charset": "UTF-8"}},
                "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
            }
        },
        "ConfigurationSetName": "todoku-primary",
        "EmailTags": [
            {"Name": "mail", "Value": "0123-2"},
            {"Name": "purpose", "Value": "sign-up"},
            {"Name": "reference", "Value": "7Q4K2M9X8T"},
        ],
    }


@pytest.mark.parametrize(
    "name",
    [
        "High School Application",
        "Board, of (Education)",
        'The "Board"',
        "高校出願登録",
        "高校出願（こうこう しゅつがん）の登録（とうろく）、とても長い名前のサービス" * 2,
    ],
)
def test_the_senders_name_comes_through_a_mail_program_as_it_was(name: str) -> None:
    header = sender(name, "entry@example.lg.jp")
    assert header.isascii()
    assert "\n" not in header
    shown, address = parseaddr(header)
    assert str(make_header(decode_header(shown))) == name
    assert address == "entry@example.lg.jp"
    assert all(len(word) <= 75 for word in header.split())


def refused(aws: Stack, code: str, status: int = 400, message: str = "") -> Exception:
    with Stubber(aws.ses) as stub:
        stub.add_client_error("send_email", code, message, http_status_code=status)
        with pytest.raises((TryLater, MailRejected)) as error:
            SesMailer(lambda _: aws.ses).send(ROUTE, MAIL)
    assert error.value.__suppress_context__
    assert error.value.__cause__ is None
    assert "yamada" not in str(error.value)
    return error.value


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 429),
        ("ThrottlingException", 400),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
    ],
)
def test_a_busy_ses_is_tried_again_soon(aws: Stack, code: str, status: int) -> None:
    error = refused(aws, code, status)
    assert isinstance(error, TryLater)
    assert error.seconds == 5


@pytest.mark.parametrize(
    "code",
    [
        "LimitExceededException",
        "AccountSuspendedException",
        "SendingPausedException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "AccessDeniedException",
    ],
)
def test_what_we_must_mend_is_tried_later_and_logged(
    aws: Stack, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = refused(aws, code, message="for taro.yamada@docomo.ne.jp")
    assert isinstance(error, TryLater)
    assert error.seconds == 60
    assert code in caplog.text
    assert "yamada" not in caplog.text


def test_a_sender_that_is_not_verified_rejects_nobodys_mail(
    aws: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    """DKIM records that are lost, or not there yet: when they are mended the mail goes."""
    message = (
        "Email address is not verified. The following identities failed the check in region"
        " AP-NORTHEAST-1: entry@example.lg.jp, taro.yamada@docomo.ne.jp"
    )
    error = refused(aws, "MessageRejected", message=message)
    assert isinstance(error, TryLater)
    assert error.seconds == 60
    assert "MessageRejected" in caplog.text
    assert "yamada" not in caplog.text


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        ("MessageRejected", "Local address contains control or whitespace", "other"),
        ("MessageRejected", "", "other"),
        ("BadRequestException", "Missing final '@domain'", "no-such-mailbox"),
        ("BadRequestException", "Domain contains illegal character", "no-such-mailbox"),
        ("BadRequestException", "Illegal header", "other"),
    ],
)
def test_what_ses_will_never_take_is_refused(
    aws: Stack, code: str, message: str, reason: str
) -> None:
    error = refused(aws, code, message=message)
    assert isinstance(error, MailRejected)
    assert error.reason == reason


@pytest.mark.parametrize(
    "fault", [ReadTimeoutError(endpoint_url="x"), ConnectTimeoutError(endpoint_url="x")]
)
def test_a_lost_answer_is_tried_again(aws: Stack, fault: Exception) -> None:
    def lose(**_: Any) -> None:
        raise fault

    aws.ses.meta.events.register("before-call.sesv2.SendEmail", lose)
    try:
        with pytest.raises(TryLater):
            SesMailer(lambda _: aws.ses).send(ROUTE, MAIL)
    finally:
        aws.ses.meta.events.unregister("before-call.sesv2.SendEmail", lose)


def test_an_identity_that_ses_does_not_know_is_ours_to_mend(aws: Stack) -> None:
    with pytest.raises(TryLater):
        SesMailer(lambda _: aws.ses).send(replace(ROUTE, sender="x@nowhere.example.com"), MAIL)
