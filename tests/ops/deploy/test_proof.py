"""After a deployment the service is tried, with a mail only where one may leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.machine import Machine
from ops.deploy.proof import Proof
from ops.deploy.stacks import Stack
from ops.deploy.trial import Patience
from ops.stage.settings import Stage
from tests.ops.deploy.account import Account, Fault
from tests.ops.deploy.conftest import REGION, Person

Make = Callable[..., Stage]
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
def machine() -> Iterator[Machine]:
    with Machine(transit=0.02, retry_after=0.2, prefix="/dev") as machine:
        yield machine


def service(url: str, domain: str = "") -> Stack:
    outputs = {"Pages": url} | ({"DomainTarget": "d-1.example"} if domain else {})
    parameters = {"DomainName": domain}
    return Stack("todoku-dev", "arn", REGION, "UPDATE_COMPLETE", "", parameters, outputs, False)


def proof(account: Account, stage: Stage, person: Person, build: str = "source") -> Proof:
    quick = Patience(10.0, every=0.05)
    return Proof(stage, build, account.clients, lambda name, kind: [], person, Patience(0.0), quick)


def test_a_verified_route_is_tried_with_a_mail(
    account: Account, machine: Machine, stage: Make
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = VERIFIED
    person = Person()
    assert proof(account, stage(), person).holds(service(f"{machine.url}/dev/"))
    assert "a code was sent, delivered" in person.heard


@pytest.mark.parametrize("told", [UNVERIFIED, Fault("NotFoundException", status=404)])
def test_without_a_verified_route_no_mail_is_tried(
    account: Account, machine: Machine, stage: Make, told: object
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = told  # type: ignore[assignment]
    person = Person()
    assert proof(account, stage(), person).holds(service(f"{machine.url}/dev/"))
    assert "Not tried" in person.heard


def test_the_build_that_was_packaged_must_answer(
    account: Account, machine: Machine, stage: Make
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = UNVERIFIED
    person = Person()
    assert not proof(account, stage(), person, "0123456789ab").holds(service(f"{machine.url}/dev/"))
    assert "0123456789ab was packaged" in person.heard


def test_a_host_name_that_leads_nowhere_yet_is_waited_for(account: Account, stage: Make) -> None:
    person = Person()
    stack = service("https://entry.example.lg.jp/", "entry.example.lg.jp")
    assert proof(account, stage(), person).holds(stack)
    assert "Publish entry.example.lg.jp CNAME d-1.example" in person.heard
    assert account.calls == []
