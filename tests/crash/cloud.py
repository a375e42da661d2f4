"""Driver of the AWS side for crash tests: simulated time, and nothing moves by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from local.account import ACCOUNT, REGION, STACK, function_arn
from local.aws import Driver, LocalAws
from local.boto_clients import BotoClients
from local.in_process_aws import in_process_aws
from local.simulated_time import ImmediateExecutor, SimulatedClock, SimulatedScheduler

SECRETS = {"Pepper": "a pepper for tests, of thirty-two"}
QUEUES = {
    "jobs": "JobsQueue",
    "resends": "ResendsQueue",
    "jobs-dead-letters": "JobsDeadLetters",
    "resends-dead-letters": "ResendsDeadLetters",
}
"""By name, as the template calls them."""
START = datetime(2026, 1, 24, 0, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Message:
    """A message of a queue, as it was received."""

    record: dict[str, Any]
    handle: str


@dataclass
class Invocation:
    """An event on its way to a function that nobody waits for."""

    function: Callable[[Any], object]
    event: Any
    at: float
    tries: int = 0

    def __post_init__(self) -> None:
        self.since = self.at
        """When Lambda was given the event."""


class Cloud:
    """Everything outside our own functions. What AWS would invoke waits here."""

    def __init__(
        self,
        aws: LocalAws,
        clock: SimulatedClock,
        scheduler: SimulatedScheduler,
        clients: BotoClients,
        codes: list[dict[str, Any]],
        messages: list[str],
    ) -> None:
        """``codes``: events that Cognito will invoke the custom e-mail sender with; ``messages``:
        SES's events as they were published to SNS."""
        self.clock = clock
        self.client = clients
        """Clients of nobody's process: nothing goes wrong with them."""
        self.mailbox = aws.mailbox
        self.codes = codes
        self.under_way: list[Invocation] = []
        self.dropped: list[Invocation] = []
        """Invocations that Lambda tries no more."""
        self._messages = messages
        self._scheduler = scheduler
        self._stack = aws.stack

    @property
    def environment(self) -> dict[str, str]:
        """What our functions find in theirs."""
        return {"AWS_REGION": REGION, **self._stack.environment()}

    def forget(self) -> None:
        """Another day, and nobody has asked for anything yet; users stay, known by their names."""
        self.clock.put_forward(86_400)
        for table in dynamodb_backends[ACCOUNT][REGION].tables.values():
            table.items.clear()
        queues_there = sqs_backends[ACCOUNT][REGION]
        for name in list(queues_there.queues):
            queues_there.purge_queue(name)
        self.codes.clear()
        self.under_way.clear()
        self.dropped.clear()
        self._scheduler.clear()
        self._messages.clear()

    def lose_codes(self) -> None:
        """The encrypted codes are gone."""
        trail = dynamodb_backends[ACCOUNT][REGION].tables[f"{STACK}-trail"]
        for partition in [key for key in trail.items if key.value.startswith("code#")]:
            del trail.items[partition]

    def rewrite(self, table: str, ids: str, change: Callable[[dict[str, Any]], object]) -> int:
        """Have another release write the rows whose id is one of ``ids`` (a pattern); how many."""
        found = self._rows(table, ids)
        for item in found:
            document = json.loads(item["doc"]["S"])
            change(document)
            item["doc"]["S"] = json.dumps(document)
            self.client("dynamodb").put_item(TableName=f"{STACK}-{table}", Item=item)
        return len(found)

    def documents(self, table: str, ids: str) -> list[Any]:
        """The records in the rows whose id is one of ``ids`` (a pattern)."""
        return [json.loads(item["doc"]["S"]) for item in self._rows(table, ids)]

    def _rows(self, table: str, ids: str) -> list[dict[str, Any]]:
        items = self.client("dynamodb").scan(TableName=f"{STACK}-{table}")["Items"]
        return [item for item in items if re.fullmatch(ids, item["id"]["S"])]

    def bring_back_dead_letters(self) -> int:
        """As an operator does when the cause is gone; how many there were."""
        moved = 0
        for queue in ("jobs", "resends"):
            while messages := self.receive(f"{queue}-dead-letters"):
                for message in messages:
                    body = message.record["body"]
                    self.client("sqs").send_message(QueueUrl=self._url(queue), MessageBody=body)
                    self.done(f"{queue}-dead-letters", message)
                moved += len(messages)
        return moved

    def receive(self, queue: str) -> list[Message]:
        """Up to ten messages, out of others' sight for the queue's time."""
        if not _queue(queue).approximate_number_of_messages:
            return []
        url = self._url(queue)
        found = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [
            Message({"messageId": m["MessageId"], "body": m["Body"]}, m["ReceiptHandle"])
            for m in found.get("Messages", [])
        ]

    def done(self, queue: str, message: Message) -> None:
        """The message was worked on."""
        url = self._url(queue)
        self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message.handle)

    def _url(self, queue: str) -> str:
        return self._stack.ref(QUEUES[queue])

    def waiting(self, queue: str) -> int:
        """Messages in a queue, those out of sight or delayed included."""
        found = _queue(queue)
        return int(
            found.approximate_number_of_messages
            + found.approximate_number_of_messages_delayed
            + found.approximate_number_of_messages_not_visible
        )

    def carry_on(self) -> bool:
        """Bring mails a step further; whether there were any."""
        return self._scheduler.run_due() > 0

    def events(self) -> list[str]:
        """SES's events since the last time."""
        messages = list(self._messages)
        self._messages.clear()
        return messages

    def due(self) -> list[Any]:
        """What the sweeper will ever have to look at, as things stand."""
        found = self.client("dynamodb").scan(
            TableName=f"{STACK}-registrations", FilterExpression="attribute_exists(due_at)"
        )
        return list(found["Items"])

    def users(self, email: str) -> list[str]:
        """Names of the users with this address, proven or not."""
        answer = self.client("cognito-idp").list_users(
            UserPoolId=self._stack.ref("UserPool"), Filter=f'email = "{email}"'
        )
        return [user["Username"] for user in answer["Users"]]

    def delete_user(self, name: str) -> None:
        """As operators do."""
        pool = self._stack.ref("UserPool")
        self.client("cognito-idp").admin_delete_user(UserPoolId=pool, Username=name)

    def holder(self, access_token: str) -> str:
        """Whose access token it is."""
        answer = self.client("cognito-idp").get_user(AccessToken=access_token)
        return str(answer["Username"])


def _queue(name: str) -> Any:
    return sqs_backends[ACCOUNT][REGION].get_queue(f"{STACK}-{name}")


@contextmanager
def cloud() -> Iterator[Cloud]:
    """A fresh one, gone afterwards."""
    # No two moments may be one: the service orders by time.
    clock = SimulatedClock(START, tick=0.001)
    scheduler, clients = SimulatedScheduler(clock), BotoClients(None, REGION)
    codes: list[dict[str, Any]] = []
    messages: list[str] = []
    driver = Driver(
        clock,
        ImmediateExecutor(),
        scheduler,
        clients,
        invoke_async=lambda _, event: codes.append(event),
        publish_sns=lambda _topic, _subject, message: messages.append(message),
    )
    functions = {name: function_arn(name) for name in ("SendCode", "RecordEvents")}
    with in_process_aws(driver, function_arns=functions, secrets=SECRETS) as aws:
        yield Cloud(aws, clock, scheduler, clients, codes, messages)
