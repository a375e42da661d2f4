"""Queues run: batches, failures of single messages, delays, dead letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cloudformation.template import Template
from local.server import LocalServer
from tests.local.conftest import drain
from tests.local.sample_app import SampleApp

Aws = Callable[[str], Any]


@pytest.fixture
def put(machine: LocalServer, aws: Aws) -> Callable[..., Any]:
    def send(body: str, **more: Any) -> Any:
        url = machine.stack.ref("JobsQueue")
        return aws("sqs").send_message(QueueUrl=url, MessageBody=body, **more)

    return send


def waiting(machine: LocalServer, aws: Aws, queue: str) -> int:
    names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ]
    found = aws("sqs").get_queue_attributes(
        QueueUrl=machine.stack.ref(queue), AttributeNames=names
    )["Attributes"]
    return sum(int(found[name]) for name in names)


def test_a_message_reaches_its_function_as_a_real_record(
    sample_app: SampleApp, put: Callable[..., Any], name: str
) -> None:
    sent = put(name)
    record = sample_app.got.get(timeout=5)
    assert record["body"] == name
    assert record["messageId"] == sent["MessageId"]
    assert record["md5OfBody"] == sent["MD5OfMessageBody"]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == "arn:aws:sqs:ap-northeast-1:123456789012:todoku-jobs"
    assert record["awsRegion"] == "ap-northeast-1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert len(record["attributes"]["SentTimestamp"]) == 13


def test_only_what_failed_comes_again(
    machine: LocalServer, sample_app: SampleApp, aws: Aws, name: str
) -> None:
    sample_app.fail.add(f"{name}-bad")
    entries = [{"Id": kind, "MessageBody": f"{name}-{kind}"} for kind in ("bad", "good")]
    aws("sqs").send_message_batch(QueueUrl=machine.stack.ref("JobsQueue"), Entries=entries)
    bodies: list[str] = []
    while bodies.count(f"{name}-bad") < 3:
        bodies.append(sample_app.got.get(timeout=5)["body"])
    sample_app.fail.clear()
    while waiting(machine, aws, "JobsQueue"):
        pass
    bodies += [record["body"] for record in drain(sample_app.got)]
    assert bodies.count(f"{name}-good") == 1


def test_a_function_that_raises_fails_its_whole_batch(
    machine: LocalServer, sample_app: SampleApp, put: Callable[..., Any], name: str
) -> None:
    sample_app.fail.add("all")
    put(name)
    counts = []
    for _ in range(2):
        record = sample_app.got.get(timeout=5)
        counts.append(record["attributes"]["ApproximateReceiveCount"])
    assert counts == ["1", "2"]


def test_after_all_its_tries_it_is_a_dead_letter(
    machine: LocalServer, sample_app: SampleApp, aws: Aws, put: Callable[..., Any], name: str
) -> None:
    before = waiting(machine, aws, "JobsDeadLetters")
    sample_app.fail.add(name)
    put(name)
    jobs = Template.read().of_type("AWS::SQS::Queue")["JobsQueue"]
    tries: list[str] = []
    while len(tries) < jobs["RedrivePolicy"]["maxReceiveCount"]:
        record = sample_app.got.get(timeout=5)
        if record["body"] == name:
            tries.append(record["attributes"]["ApproximateReceiveCount"])
            machine.clock.put_forward(2)
    assert tries == [str(n + 1) for n in range(len(tries))]
    while waiting(machine, aws, "JobsDeadLetters") == before:
        pass
    assert waiting(machine, aws, "JobsQueue") == 0


def test_a_delay_follows_the_shared_clock(
    machine: LocalServer, sample_app: SampleApp, put: Callable[..., Any], name: str
) -> None:
    put(f"{name}-later", DelaySeconds=600)
    put(f"{name}-now")
    assert sample_app.got.get(timeout=5)["body"] == f"{name}-now"
    machine.clock.put_forward(599)
    put(f"{name}-between")
    assert sample_app.got.get(timeout=5)["body"] == f"{name}-between"
    machine.clock.put_forward(2)
    assert sample_app.got.get(timeout=5)["body"] == f"{name}-later"


def test_a_delay_does_not_grow_when_the_clock_is_put_back(
    machine: LocalServer, sample_app: SampleApp, put: Callable[..., Any], name: str
) -> None:
    machine.clock.set_offset(7200)
    put(f"{name}-later", DelaySeconds=600)
    machine.clock.set_offset(0)
    machine.clock.put_forward(601)
    assert sample_app.got.get(timeout=5)["body"] == f"{name}-later"
