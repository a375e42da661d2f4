"""The AWS side runs on simulated time in this process, and no thread is ever started."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.account import REGION, SENDER, function_arn
from local.aws import Driver, LocalAws
from local.boto_clients import BotoClients
from local.in_process_aws import in_process_aws
from local.simulated_time import QueuedExecutor, SimulatedClock, SimulatedScheduler
from tests.local.cognito.cognito_client import PASSWORD, secret_hash

START = datetime(2026, 1, 24, 0, 30, tzinfo=UTC)
EMAIL = "taro@gmail.com"
FUNCTIONS = {name: function_arn(name) for name in ("SendCode", "RecordEvents")}


class Simulation:
    """A driver that remembers what AWS would invoke and publish."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(START)
        self.scheduler = SimulatedScheduler(self.clock)
        self.executor = QueuedExecutor()
        self.clients = BotoClients(None, REGION)
        self.invoked: list[tuple[str, Any]] = []
        self.published: list[Any] = []
        self.driver = Driver(
            self.clock,
            self.executor,
            self.scheduler,
            self.clients,
            invoke_async=lambda arn, event: self.invoked.append((arn, event)),
            publish_sns=lambda *it: self.published.append(it),
        )

    @property
    def events(self) -> list[Any]:
        """SES's events that were published."""
        return [json.loads(message) for _, _, message in self.published]


@pytest.fixture
def simulation() -> Simulation:
    return Simulation()


@pytest.fixture
def aws(simulation: Simulation, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    def start(thread: threading.Thread) -> None:
        raise AssertionError(f"{thread} was started")

    before = threading.active_count()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with in_process_aws(simulation.driver, function_arns=FUNCTIONS, transit=30) as aws:
            yield aws
            assert threading.active_count() == before


def sign_up(simulation: Simulation, aws: LocalAws) -> None:
    client_id = aws.stack.ref("UserPoolClient")
    secret = aws.stack.lookup.attribute("UserPoolClient", "ClientSecret")
    simulation.clients("cognito-idp").sign_up(
        ClientId=client_id,
        Username="TARO",
        Password=PASSWORD,
        SecretHash=secret_hash(secret, "TARO", client_id),
        UserAttributes=[{"Name": "email", "Value": EMAIL}],
    )


def send_mail(simulation: Simulation, aws: LocalAws) -> None:
    simulation.clients("sesv2").send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [EMAIL]},
        Content={"Simple": {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "123456"}}}},
        ConfigurationSetName=aws.routes["primary"].ref("ConfigurationSet"),
    )


def test_from_a_sign_up_to_the_delivery_of_its_mail(simulation: Simulation, aws: LocalAws) -> None:
    sign_up(simulation, aws)
    # Cognito has answered; the custom sender is invoked after that.
    assert simulation.invoked == []
    assert simulation.executor.run_pending() == 1
    ((arn, event),) = simulation.invoked
    assert arn == function_arn("SendCode")
    assert (event["triggerSource"], event["userName"]) == ("CustomEmailSender_SignUp", "TARO")

    send_mail(simulation, aws)
    assert [it["eventType"] for it in simulation.events] == ["Send"]
    simulation.scheduler.advance(29)
    assert len(simulation.events) == 1
    assert aws.mailbox.to(EMAIL) == []

    simulation.scheduler.advance(60)
    assert [it["eventType"] for it in simulation.events] == ["Send", "Delivery"]
    delivery = simulation.events[1]
    assert delivery["mail"]["timestamp"] == "2026-01-24T00:30:00.000Z"
    assert delivery["delivery"]["timestamp"] == "2026-01-24T00:30:30.000Z"
    (mail,) = aws.mailbox.to(EMAIL)
    assert mail.at == START + timedelta(seconds=30)
    topics = {topic.rpartition(":")[2] for topic, _, _ in simulation.published}
    assert topics == {"todoku-primary-mail-events"}


def test_a_message_is_out_of_sight_by_simulated_time(simulation: Simulation, aws: LocalAws) -> None:
    sqs, url = simulation.clients("sqs"), aws.stack.ref("JobsQueue")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=600)
    simulation.clock.put_forward(599)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    simulation.clock.put_forward(1)
    assert [it["Body"] for it in sqs.receive_message(QueueUrl=url)["Messages"]] == ["later"]


def test_nothing_of_it_is_left_for_the_next(simulation: Simulation) -> None:
    import moto.sqs.models
    from moto.cognitoidp.responses import CognitoIdpResponse
    from moto.sesv2.responses import SESV2Response

    classes = (vars(CognitoIdpResponse), vars(SESV2Response), vars(moto.sqs.models))
    before = [dict(it) for it in classes]
    with in_process_aws(simulation.driver, function_arns=FUNCTIONS):
        assert [dict(it) for it in classes] != before
    assert [dict(it) for it in classes] == before
