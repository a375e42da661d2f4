"""Queues in moto, a stack that names them, and a Lambda that keeps what it is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.session import Session
from moto.sqs.models import sqs_backends

from local.account import ACCOUNT
from tests.ops.conftest import REGION

FUNCTIONS = {"SendCode": "todoku-dev-SendCode-1X", "RecordEvents": "todoku-dev-RecordEvents-2Y"}


class Killed(BaseException):
    """The process is no more."""


class FakeLambda:
    """Keeps what it is invoked with."""

    def __init__(self) -> None:
        self.invoked: list[tuple[str, Any]] = []

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:
        assert InvocationType == "Event"
        self.invoked.append((FunctionName, json.loads(Payload)))


class FakeStacks:
    """CloudFormation's ``list_stack_resources``, two to a page."""

    def __init__(self, stacks: Mapping[str, Mapping[str, tuple[str, str]]]) -> None:
        self.stacks = stacks

    def get_paginator(self, operation: str) -> FakeStacks:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, StackName: str) -> Iterator[dict[str, Any]]:
        made = [
            {"LogicalResourceId": name, "PhysicalResourceId": physical, "ResourceType": kind}
            for name, (kind, physical) in self.stacks[StackName].items()
        ]
        for start in range(0, len(made), 2):
            yield {"StackResourceSummaries": made[start : start + 2]}


class DyingSqs:
    """A client of SQS in a process that is killed at its n-th call, or just after it."""

    def __init__(self, sqs: Any, *, calls: int, before: bool) -> None:
        self.sqs, self.calls, self.before = sqs, calls, before

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.calls -= 1
            if self.calls < 0 or (self.calls == 0 and self.before):
                raise Killed
            answer = getattr(self.sqs, name)(**parameters)
            if self.calls == 0:
                raise Killed
            return answer

        return call


class Queues:
    """The queues of the service and of its first route, by logical id."""

    NAMES = (
        ("JobsQueue", "jobs"),
        ("JobsDeadLetters", "jobs-dead-letters"),
        ("ResendsQueue", "resends"),
        ("ResendsDeadLetters", "resends-dead-letters"),
        ("FailedInvocations", "failed-invocations"),
        ("LostEvents", "primary-lost-events"),
    )

    def __init__(self) -> None:
        self.sqs = Session().create_client("sqs", region_name=REGION)
        self.functions = FakeLambda()
        self.urls = {
            logical: self.sqs.create_queue(QueueName=f"todoku-dev-{name}")["QueueUrl"]
            for logical, name in self.NAMES
        }
        kind = "AWS::SQS::Queue"
        queues = {logical: (kind, url) for logical, url in self.urls.items()}
        lost = {"LostEvents": queues.pop("LostEvents")}
        functions = {name: ("AWS::Lambda::Function", made) for name, made in FUNCTIONS.items()}
        self.stacks = FakeStacks({"todoku-dev": queues | functions, "todoku-dev-primary": lost})

    def clients(self, service: str, region: str) -> Any:
        assert region == REGION
        return {"sqs": self.sqs, "lambda": self.functions, "cloudformation": self.stacks}[service]

    def put(self, logical: str, body: Any) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.sqs.send_message(QueueUrl=self.urls[logical], MessageBody=text)

    def bodies(self, logical: str) -> list[str]:
        """Everything on a queue, whoever holds it."""
        backend = sqs_backends[ACCOUNT][REGION]
        queue = backend.queues[self.urls[logical].rpartition("/")[2]]
        return sorted(message.body for message in queue._messages)

    def visible(self, logical: str) -> int:
        """How many of them anybody may receive."""
        name = "ApproximateNumberOfMessages"
        url = self.urls[logical]
        read = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(read["Attributes"][name])
