"""After a deployment the service is tried, with a mail only where one may leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from local.server import LocalServer
from ops.aws.stacks import Stack
from ops.deploy.post_deploy import DNS_POLLING, PostDeployCheck
from ops.dns_records import DnsLookup
from ops.probe import Polling
from ops.stage.settings import Stage
from tests.ops.conftest import REGION, Person
from tests.ops.fake_account import AwsError, FakeAccount

Make = Callable[..., Stage]
DOMAIN = "entry.example.lg.jp"
LATER = f"make smoke URL=https://{DOMAIN}/"
VERIFIED = {
    "VerifiedForSendingStatus": True,
    "MailFromAttributes": {
        "MailFromDomain": "bounce.entry.example.lg.jp",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    },
}
UNVERIFIED = {
    **VERIFIED,
    "MailFromAttributes": {**VERIFIED["MailFromAttributes"], "MailFromDomainStatus": "PENDING"},  # type: ignore[dict-item]
}


@pytest.fixture(scope="module")
def machine() -> Iterator[LocalServer]:
    with LocalServer(transit=0.02, retry_after=0.2, prefix="/dev") as machine:
        yield machine


def service(url: str, domain: str = "", zone: str = "") -> Stack:
    outputs = {"Pages": url} | ({"DomainTarget": "d-1.example"} if domain else {})
    parameters = {"DomainName": domain, "HostedZoneId": zone}
    return Stack("todoku-dev", "arn", REGION, "UPDATE_COMPLETE", "", parameters, outputs, False)


def nothing(name: str, kind: str) -> list[str]:
    return []


def proof(
    account: FakeAccount,
    stage: Stage,
    person: Person,
    build: str = "source",
    lookup: DnsLookup = nothing,
    pointing: Polling = DNS_POLLING,
) -> PostDeployCheck:
    quick = Polling(10.0, interval=0.05)
    return PostDeployCheck(
        stage, build, account.clients, lookup, person, Polling(0.0), quick, pointing
    )


def test_a_verified_route_is_tried_with_a_mail(
    account: FakeAccount, machine: LocalServer, stage: Make
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = VERIFIED
    person = Person()
    assert proof(account, stage(), person).passes(service(f"{machine.url}/dev/"))
    assert "a code was sent, delivered" in person.heard


@pytest.mark.parametrize("told", [UNVERIFIED, AwsError("NotFoundException", status=404)])
def test_without_a_verified_route_no_mail_is_tried(
    account: FakeAccount, machine: LocalServer, stage: Make, told: object
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = told  # type: ignore[assignment]
    person = Person()
    assert proof(account, stage(), person).passes(service(f"{machine.url}/dev/"))
    assert "Not tried" in person.heard


def test_the_build_that_was_packaged_must_answer(
    account: FakeAccount, machine: LocalServer, stage: Make
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = UNVERIFIED
    person = Person()
    assert not proof(account, stage(), person, "0123456789ab").passes(
        service(f"{machine.url}/dev/")
    )
    assert "0123456789ab was packaged" in person.heard


def test_a_host_name_that_leads_nowhere_yet_is_to_be_published(
    account: FakeAccount, stage: Make
) -> None:
    person = Person()
    stack = service("https://entry.example.lg.jp/", DOMAIN)
    assert proof(account, stage(), person).passes(stack)
    assert f"Publish {DOMAIN} CNAME d-1.example, then: {LATER}" in person.heard
    assert account.calls == []


class Passing:
    """Time, and a DNS that knows the name after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.now, self._known = 0.0, seconds
        self.patience = replace(DNS_POLLING, sleep=self._sleep, clock=lambda: self.now)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def look_up(self, name: str, kind: str) -> list[str]:
        assert (name, kind) == (DOMAIN, "A")
        if self.now < self._known / 2:
            raise OSError("the DNS does not answer")
        return ["203.0.113.1"] if self.now >= self._known else []


@pytest.mark.parametrize("seconds", [0, 30, 120])
def test_a_record_that_the_stack_made_is_waited_for_and_then_the_pages_are_tried(
    account: FakeAccount, machine: LocalServer, stage: Make, seconds: float
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = UNVERIFIED
    person, time = Person(), Passing(seconds)
    there = proof(account, stage(), person, lookup=time.look_up, pointing=time.patience)
    assert there.passes(service(f"{machine.url}/dev/", DOMAIN, "Z1"))
    assert "Smoke test of" in person.heard
    assert "must wait" not in person.heard
    assert time.now == seconds


def test_one_that_this_machine_does_not_see_in_time_is_to_be_tried_later(
    account: FakeAccount, stage: Make
) -> None:
    person, time = Person(), Passing(126)
    there = proof(account, stage(), person, lookup=time.look_up, pointing=time.patience)
    assert there.passes(service("https://entry.example.lg.jp/", DOMAIN, "Z1"))
    assert f"the record of {DOMAIN} was made, this machine's DNS" in person.heard
    assert f"does not know it yet. Wait, then: {LATER}" in person.heard
    assert "Publish" not in person.heard
    assert account.calls == []
