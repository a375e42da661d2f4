"""SendEmail raises the errors that SES raises."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account import SENDER
from local.server import LocalServer

BODY = {"Subject": {"Data": "件名"}, "Body": {"Text": {"Data": "code 123456"}}}


def send(machine: LocalServer, to: str = "taro@gmail.com", **more: Any) -> str:
    parameters = {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": [to]},
        "Content": {"Simple": BODY},
        "ConfigurationSetName": machine.routes["primary"].ref("ConfigurationSet"),
    }
    return str(machine.clients("sesv2").send_email(**parameters | more)["MessageId"])


def error_of(machine: LocalServer, **more: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        send(machine, **more)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def test_a_mail_arrives_with_what_was_sent(machine: LocalServer, name: str) -> None:
    send(machine, f"{name}@gmail.com", EmailTags=[{"Name": "route", "Value": "second"}])
    (mail,) = machine.mailbox.wait(f"{name}@gmail.com")
    assert (mail.sender, mail.subject, mail.text) == (SENDER, "件名", "code 123456")
    assert (mail.code, mail.route) == ("123456", "second")


def test_each_mail_has_an_id_of_its_own(machine: LocalServer) -> None:
    assert send(machine) != send(machine)


def test_the_configuration_set_must_exist(machine: LocalServer) -> None:
    assert error_of(machine, ConfigurationSetName="none") == (404, "NotFoundException")


@pytest.mark.parametrize("sender", ["x@elsewhere.example", "Name <x@elsewhere.example>", "nobody"])
def test_the_sender_must_be_verified(machine: LocalServer, sender: str) -> None:
    assert error_of(machine, FromEmailAddress=sender) == (400, "MessageRejected")


def test_a_display_name_may_stand_before_the_sender(machine: LocalServer) -> None:
    send(machine, FromEmailAddress=f"=?utf-8?b?44GC?= <{SENDER}>")


@pytest.mark.parametrize(
    "tag", [("na.me", "v"), ("name", "v.1"), ("name", "あ"), ("name", "x" * 257), ("", "v")]
)
def test_tags_are_checked(machine: LocalServer, tag: tuple[str, str]) -> None:
    tags = [{"Name": tag[0], "Value": tag[1]}]
    assert error_of(machine, EmailTags=tags) == (400, "BadRequestException")
    send(machine, EmailTags=[{"Name": "Az0_-", "Value": "x" * 256}])


@pytest.mark.parametrize("to", ["", "no-at", "ｔａｒｏ@gmail.com", "a b@gmail.com", "taro@"])
def test_addresses_are_checked(machine: LocalServer, to: str) -> None:
    assert error_of(machine, to=to) == (400, "BadRequestException")


def test_a_subject_is_one_line(machine: LocalServer) -> None:
    content = {"Simple": {**BODY, "Subject": {"Data": "a\nBcc: b"}}}
    assert error_of(machine, Content=content) == (400, "BadRequestException")


def test_raw_mails_are_read(machine: LocalServer, name: str) -> None:
    raw = f"From: {SENDER}\r\nSubject: =?utf-8?b?44GC?=\r\n\r\nhello".encode()
    send(machine, f"{name}@gmail.com", Content={"Raw": {"Data": raw}})
    (mail,) = machine.mailbox.wait(f"{name}@gmail.com")
    assert (mail.subject, mail.text) == ("あ", "hello")


def test_the_sending_rate_is_limited_when_asked(machine: LocalServer) -> None:
    machine.switches.set(ses_per_second=2)

    def send_twenty() -> None:
        for _ in range(20):
            send(machine)

    with pytest.raises(ClientError) as caught:
        send_twenty()
    assert caught.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    machine.clock.put_forward(1)
    send(machine)
