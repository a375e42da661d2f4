"""The AWS side in one process, which moves only when it is told to: moto, the stand-in's Cognito
and SES, everything made from the template, and a clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.session import Session
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from cloudformation.template import SENDER, Template
from local import sqs_poller
from local.clock import Clock
from local.cognito.code_encryption import CodeEncryption
from local.cognito.custom_email_sender import CustomEmailSender
from local.cognito.patch_moto import patch_cognito
from local.executor import ThreadPool
from local.mail_providers import MailProviders
from local.mailbox import Mailbox
from local.moto_patches import MotoPatches
from local.scheduler import ThreadScheduler
from local.ses.delivery import MailDelivery
from local.ses.patch_moto import EventDestinations, patch_ses
from local.ses.send_email import SendEmailApi
from local.ses.suppression_list import SuppressionList
from local.sns_publisher import SnsPublisher
from local.stack import Stack
from local.switches import Switches

ACCOUNT, REGION, STACK = "123456789012", "ap-northeast-1", "todoku"
PARAMETERS = {
    "AWS::StackName": STACK,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "BaseUrl": "http://127.0.0.1:8000",
    "PrimarySender": "no-reply@entry.todoku.example",
}
ROUTE = {
    "Service": STACK,
    "Route": "primary",
    "Domain": "entry.todoku.example",
    "MailFromDomain": "bounce.entry.todoku.example",
}
SECRETS = {"Pepper": "a pepper for tests, of thirty-two"}
START = datetime(2026, 1, 24, 0, 30, tzinfo=UTC)


class StillClock(Clock):
    """Moves when told, and by a millisecond at each look, so that no two moments are one."""

    def __init__(self) -> None:
        super().__init__()
        self._now = START.timestamp()

    def time(self) -> float:
        self._now += 0.001
        return self._now

    def put_forward(self, seconds: float) -> None:
        self._now += seconds


class _AtOnce(ThreadPool):
    """What is handed over is done on the spot."""

    def __init__(self) -> None:
        super().__init__(0)

    def submit(self, task: Callable[[], None]) -> None:
        task()


class _ByHand(ThreadScheduler):
    """What was entered happens when ``Cloud`` is told to carry on."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.entered: list[Callable[[], None]] = []

    def call_later(self, seconds: float, action: Callable[[], None]) -> None:
        self.entered.append(action)


class _Kept(SnsPublisher):
    """Messages that were published, for whoever takes them."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        self.messages.append(message)


@dataclass(frozen=True)
class Message:
    """A message of a queue, as it was received."""

    record: dict[str, Any]
    handle: str


class Cloud:
    """Everything outside our own functions."""

    def __init__(self, patches: MotoPatches) -> None:
        self.clock = StillClock()
        self.mailbox = Mailbox()
        self.codes: list[dict[str, Any]] = []
        """Events of the custom e-mail sender that Cognito has not had delivered yet."""
        self._scheduler = _ByHand(self.clock)
        self._topics = _Kept()
        self._session = Session()
        self._made: dict[str, Any] = {}
        switches = Switches(self.clock)
        sender = CustomEmailSender(
            CodeEncryption(lambda: self.client("kms")),
            lambda _, event: self.codes.append(event),
            _AtOnce(),
            switches,
        )
        patch_cognito(patches, sender, self.clock.time, ACCOUNT, REGION)
        destinations = EventDestinations(self._topics)
        delivery = MailDelivery(
            MailProviders(),
            self.mailbox,
            SuppressionList(ACCOUNT),
            self._scheduler,
            self.clock,
            destinations.publish,
            0,
        )
        patch_ses(patches, SendEmailApi(ACCOUNT, delivery, self.clock, switches), destinations)
        sqs_poller.share_clock(patches, self.clock)

    def make(self) -> None:
        """Make what the template names."""
        prefix = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-"
        functions = {name: prefix + name for name in ("SendCode", "RecordEvents")}
        self._stack = Stack(Template.read(), PARAMETERS, functions, self.client, SECRETS)
        self._stack.make()
        pseudo = {name: value for name, value in PARAMETERS.items() if name.startswith("AWS::")}
        own = {**ROUTE, "RecordEventsArn": functions["RecordEvents"]}
        Stack(Template.read(SENDER), pseudo | own, {}, self.client).make()

    @property
    def environment(self) -> dict[str, str]:
        """What our functions find in theirs."""
        return {"AWS_REGION": REGION, **self._stack.environment()}

    def client(self, service: str) -> Any:
        """A client of nobody's process: nothing goes wrong with it."""
        if service not in self._made:
            self._made[service] = self._session.create_client(service, region_name=REGION)
        return self._made[service]

    def forget(self) -> None:
        """Another day, and nobody has asked for anything yet; users stay, known by their names."""
        self.clock.put_forward(86_400)
        for table in dynamodb_backends[ACCOUNT][REGION].tables.values():
            table.items.clear()
        queues_there = sqs_backends[ACCOUNT][REGION]
        for name in list(queues_there.queues):
            queues_there.purge_queue(name)
        self.codes.clear()
        self._scheduler.entered.clear()
        self._topics.messages.clear()

    def lose_codes(self) -> None:
        """The encrypted codes are gone."""
        trail = dynamodb_backends[ACCOUNT][REGION].tables[f"{STACK}-trail"]
        for partition in [key for key in trail.items if key.value.startswith("code#")]:
            del trail.items[partition]

    def receive(self, role: str) -> list[Message]:
        """Up to ten messages, out of others' sight for the queue's time."""
        if not _queue(role.lower()).approximate_number_of_messages:
            return []
        url = self._stack.ref(f"{role}Queue")
        found = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [
            Message({"messageId": m["MessageId"], "body": m["Body"]}, m["ReceiptHandle"])
            for m in found.get("Messages", [])
        ]

    def done(self, role: str, message: Message) -> None:
        """The message was worked on."""
        url = self._stack.ref(f"{role}Queue")
        self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message.handle)

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
        actions, self._scheduler.entered = self._scheduler.entered, []
        for action in actions:
            action()
        return bool(actions)

    def events(self) -> list[str]:
        """SES's events since the last time."""
        messages, self._topics.messages = self._topics.messages, []
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

    def holder(self, access_token: str) -> str:
        """Whose access token it is."""
        answer = self.client("cognito-idp").get_user(AccessToken=access_token)
        return str(answer["Username"])


def _queue(name: str) -> Any:
    return sqs_backends[ACCOUNT][REGION].get_queue(f"{STACK}-{name}")


@contextmanager
def cloud() -> Iterator[Cloud]:
    """A fresh one, gone afterwards."""
    patches = MotoPatches()
    try:
        made = Cloud(patches)
        with mock_aws():
            made.make()
            yield made
    finally:
        patches.remove()
