"""Each provider's behaviour yields the mails and the events that a real one would."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.trail.events import parse_event
from local.account import SENDER
from local.mail_providers import ProviderRule
from local.server import LocalServer
from tests.local.conftest import drain
from tests.local.sample_app import SampleApp

TAGS = {"reference": "REF", "mail": "0123456789abcdef" * 2, "purpose": "code", "provider": "google"}
SIMULATED = ("success", "bounce", "complaint", "ooto", "suppressionlist")


class Post:
    """Sends mails to one provider and collects the events about them."""

    def __init__(self, machine: LocalServer, sample_app: SampleApp) -> None:
        self.machine = machine
        self.sample_app = sample_app
        self.id = ""

    def send(self, to: str, text: str = "123456") -> None:
        tags = [{"Name": n, "Value": v} for n, v in (TAGS | {"route": "primary"}).items()]
        self.id = self.machine.clients("sesv2").send_email(
            FromEmailAddress=SENDER,
            Destination={"ToAddresses": [to]},
            Content={"Simple": {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": text}}}},
            ConfigurationSetName=self.machine.routes["primary"].ref("ConfigurationSet"),
            EmailTags=tags,
        )["MessageId"]

    def event(self) -> dict[str, Any]:
        """The next event about the last mail."""
        while True:
            event: dict[str, Any] = self.sample_app.events.get(timeout=5)
            if event["mail"]["messageId"] == self.id:
                return event

    def kinds(self, count: int) -> list[str]:
        return [self.event()["eventType"] for _ in range(count)]

    def until(self, kind: str) -> dict[str, Any]:
        while (event := self.event())["eventType"] != kind:
            pass
        return event

    def nothing_more(self) -> bool:
        """No event about the last mail follows, seen by a later mail that has all its own."""
        before = self.id
        self.send("success@simulator.amazonses.com")
        seen: list[str] = []
        while seen.count(self.id) < 2:
            seen.append(self.sample_app.events.get(timeout=5)["mail"]["messageId"])
        return before not in seen


@pytest.fixture
def post(machine: LocalServer, sample_app: SampleApp) -> Post:
    return Post(machine, sample_app)


def rule(machine: LocalServer, behaviour: str, **more: Any) -> None:
    machine.providers.set(ProviderRule("google", behaviour=behaviour, **more))  # type: ignore[arg-type]


def test_a_mail_is_sent_and_delivered(post: Post, name: str) -> None:
    post.send(f"{name}@gmail.com")
    delivery = post.until("Delivery")
    assert delivery["delivery"]["recipients"] == [f"{name}@gmail.com"]
    assert delivery["delivery"]["smtpResponse"].startswith("250 ")
    assert delivery["delivery"]["processingTimeMillis"] >= 0
    assert post.machine.mailbox.to(f"{name}@gmail.com")


def test_an_event_says_which_mail_it_is_about(post: Post, name: str) -> None:
    post.send(f"{name}@gmail.com")
    mail = post.event()["mail"]
    assert mail["source"] == SENDER
    assert mail["destination"] == [f"{name}@gmail.com"]
    assert mail["tags"]["reference"] == ["REF"]
    assert mail["tags"]["ses:configuration-set"] == ["todoku-primary"]
    assert mail["timestamp"].endswith("Z")
    assert {"name": "Subject", "value": "S"} in mail["headers"]


def test_the_trail_can_read_every_kind(post: Post, name: str) -> None:
    rule(post.machine, "defer", seconds=1)
    for to in (f"{name}@gmail.com", *(f"{who}@simulator.amazonses.com" for who in SIMULATED)):
        post.send(to)
    post.machine.clock.put_forward(60)
    post.id = "none"
    kinds: set[str] = set()
    while kinds < {"Send", "Delivery", "Bounce", "Complaint", "DeliveryDelay"}:
        event = post.sample_app.events.get(timeout=5)
        kinds.add(event["eventType"])
        parse_event(json.dumps(event))


def test_silence_is_no_event_and_no_mail(post: Post, name: str) -> None:
    rule(post.machine, "silent")
    post.send(f"{name}@gmail.com")
    assert post.nothing_more()
    assert not post.machine.mailbox.to(f"{name}@gmail.com")


def test_junk_says_delivered_and_is_not_in_the_inbox(post: Post, name: str) -> None:
    rule(post.machine, "junk")
    post.send(f"{name}@gmail.com")
    post.until("Delivery")
    assert not post.machine.mailbox.to(f"{name}@gmail.com")


@pytest.mark.parametrize(("behaviour", "status"), [("refuse", "5.7.1"), ("bounce", "5.1.1")])
def test_what_is_refused_bounces_for_good(
    post: Post, name: str, behaviour: str, status: str
) -> None:
    rule(post.machine, behaviour)
    post.send(f"{name}@gmail.com")
    bounce = post.until("Bounce")["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "General")
    (recipient,) = bounce["bouncedRecipients"]
    assert (recipient["action"], recipient["status"]) == ("failed", status)
    assert status in recipient["diagnosticCode"]
    assert not post.machine.mailbox.to(f"{name}@gmail.com")


def test_a_deferred_mail_comes_once_the_time_is_over(post: Post, name: str) -> None:
    rule(post.machine, "defer", seconds=100)
    post.send(f"{name}@gmail.com")
    delay = post.until("DeliveryDelay")["deliveryDelay"]
    assert delay["delayType"] == "TransientCommunicationFailure"
    assert delay["delayedRecipients"][0]["status"] == "4.7.0"
    assert delay["expirationTime"] > delay["timestamp"]
    assert not post.machine.mailbox.to(f"{name}@gmail.com")
    post.machine.clock.put_forward(101)
    post.until("Delivery")
    assert post.machine.mailbox.to(f"{name}@gmail.com")


def test_a_deferred_mail_comes_once_the_provider_behaves(post: Post, name: str) -> None:
    rule(post.machine, "defer")
    post.send(f"{name}@gmail.com")
    post.until("DeliveryDelay")
    post.machine.clock.put_forward(60)
    post.until("DeliveryDelay")
    post.machine.providers.reset()
    post.machine.clock.put_forward(60)
    post.until("Delivery")


def test_a_mail_deferred_for_too_long_bounces(post: Post, name: str) -> None:
    rule(post.machine, "defer")
    post.send(f"{name}@gmail.com")
    post.until("DeliveryDelay")
    post.machine.clock.put_forward(50_401)
    bounce = post.until("Bounce")["bounce"]
    assert bounce["bounceType"] == "Transient"
    assert bounce["bouncedRecipients"][0]["status"] == "4.4.7"


@pytest.mark.parametrize(
    ("told", "before", "after"),
    # A minute unless told otherwise.
    [({"seconds": 300}, 299, 302), ({}, 58, 62)],
)
def test_a_delayed_mail_takes_its_time(
    post: Post, name: str, told: dict[str, Any], before: int, after: int
) -> None:
    rule(post.machine, "delay", **told)
    post.send(f"{name}@gmail.com")
    assert post.event()["eventType"] == "Send"
    post.machine.clock.put_forward(before)
    assert post.nothing_more()
    to = f"{name}@gmail.com"
    assert not post.machine.mailbox.to(to)
    # It may have arrived at its provider's door only after the clock was put forward.
    post.machine.clock.put_forward(after)
    assert post.machine.mailbox.wait(to)


def test_a_rule_for_one_route_leaves_the_others_alone(post: Post, name: str) -> None:
    rule(post.machine, "junk", route="second")
    post.send(f"{name}@gmail.com")
    assert post.machine.mailbox.wait(f"{name}@gmail.com")


def test_a_rule_counts_for_everyone_behind_the_same_mx(post: Post, name: str) -> None:
    rule(post.machine, "bounce")
    post.send(f"{name}@school.example.ed.jp")
    post.until("Bounce")


def test_events_come_twice_when_asked(post: Post, name: str) -> None:
    rule(post.machine, "normal", duplicates=True)
    post.send(f"{name}@gmail.com")
    assert sorted(post.kinds(4)) == ["Delivery", "Delivery", "Send", "Send"]


def test_events_come_out_of_order_when_asked(post: Post, name: str) -> None:
    rule(post.machine, "normal", disorder=True)
    post.send(f"{name}@gmail.com")
    assert post.event()["eventType"] == "Delivery"
    post.machine.clock.put_forward(1)
    assert post.event()["eventType"] == "Send"


def test_the_simulator_bounces(post: Post) -> None:
    post.send("bounce+label@simulator.amazonses.com")
    assert post.until("Bounce")["bounce"]["bounceType"] == "Permanent"


def test_the_simulator_complains_after_delivery(post: Post) -> None:
    post.send("complaint@simulator.amazonses.com")
    assert sorted(post.kinds(3)) == ["Complaint", "Delivery", "Send"]


def test_an_absence_notice_has_no_delivery_status(post: Post) -> None:
    post.send("ooto@simulator.amazonses.com")
    bounce = post.until("Bounce")["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Transient", "General")
    assert set(bounce["bouncedRecipients"][0]) == {"emailAddress"}


def test_a_suppressed_address_is_accepted_and_bounces(post: Post, name: str) -> None:
    to = f"{name}@gmail.com"
    post.machine.suppression.add(to, "COMPLAINT")
    post.send(to)
    bounce = post.until("Bounce")["bounce"]
    assert bounce["bounceSubType"] == "OnAccountSuppressionList"
    assert not post.machine.mailbox.to(to)


def test_the_configuration_set_says_which_suppression_counts(post: Post, name: str) -> None:
    # Ours overrides suppression for bounces: a carrier's filter may have refused by mistake.
    to = f"{name}@gmail.com"
    rule(post.machine, "bounce")
    post.send(to)
    post.until("Bounce")
    post.machine.providers.reset()
    post.send(to)
    post.until("Delivery")


def test_a_domain_without_mail_bounces(post: Post, name: str) -> None:
    post.send(f"{name}@nothing.invalid")
    assert post.until("Bounce")["bounce"]["bouncedRecipients"][0]["status"] == "5.4.4"


def test_a_virus_is_rejected(post: Post, name: str) -> None:
    post.send(f"{name}@gmail.com", "X5O! EICAR-STANDARD-ANTIVIRUS-TEST-FILE !H+H*")
    assert post.until("Reject")["reject"] == {"reason": "Bad content"}
    drain(post.sample_app.events)
