"""What ended with the dead letters is brought back by ``make redrive`` and finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from local.account import REGION, STACK
from local.interceptor import ErrorResponse
from local.server import LocalServer
from ops.redrive.queues import find_queue
from ops.redrive.redrive import Redrive
from ops.stage.settings import Stage
from tests.flow.client import Client, until
from tests.ops.conftest import Person
from tests.ops.redrive.fakes import FakeStacks

STAGE = Stage("here", REGION, STACK, {}, ())
QUEUES = ("JobsQueue", "JobsDeadLetters", "ResendsQueue", "ResendsDeadLetters", "FailedInvocations")
PASSWORD = "three quiet herons"


@pytest.fixture(scope="module")
def running(service: Callable[..., LocalServer]) -> Iterator[LocalServer]:
    """A machine where what failed comes again at once: here it fails twenty times."""
    with service(transit=0.02, retry_after=0) as machine:
        yield machine


class Functions:
    """A client of the machine's Lambda."""

    def __init__(self, machine: LocalServer) -> None:
        self._machine = machine

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:
        arn = self._machine.functions.arns[FunctionName.removeprefix(f"{STACK}-")]
        self._machine.functions.invoke_async(arn, json.loads(Payload))


@pytest.fixture
def redrive(machine: LocalServer) -> Callable[[str, Person], int]:
    """The command's work, in the machine instead of an account."""
    made = {name: ("AWS::SQS::Queue", machine.stack.ref(name)) for name in QUEUES}
    functions = {
        name: ("AWS::Lambda::Function", f"{STACK}-{name}") for name in machine.functions.arns
    }
    others = {"lambda": Functions(machine), "cloudformation": FakeStacks({STACK: made | functions})}

    def run(name: str, person: Person) -> int:
        queue, destination = find_queue(
            name, STAGE, lambda service, region: others.get(service) or machine.clients(service)
        )
        return Redrive(queue, destination, person, datetime.now(UTC)).run()

    return run


def waiting(machine: LocalServer, logical: str) -> int:
    name = "ApproximateNumberOfMessages"
    read = machine.clients("sqs").get_queue_attributes(
        QueueUrl=machine.stack.ref(logical), AttributeNames=[name]
    )
    return int(read["Attributes"][name])


@contextmanager
def denied(machine: LocalServer, operation: str, of: str = "") -> Iterator[None]:
    """AWS, as it answers while the functions' role lacks a right, of one resource perhaps."""

    def deny(environ: Mapping[str, Any], body: bytes) -> ErrorResponse | None:
        asked = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        refused = asked == operation and of in body.decode()
        return ErrorResponse("AccessDeniedException", "denied") if refused else None

    machine.interceptors.append(deny)
    yield
    machine.interceptors.remove(deny)


def finishes(machine: LocalServer, applicant: Client, email: str) -> None:
    code = machine.wait_for_mail(email)[0].code
    applicant.awaiting_code()
    assert applicant.verify(code or "").status == 200
    assert applicant.complete(PASSWORD).status == 201


def test_a_job_that_failed_to_its_end_is_brought_back_and_ends_in_an_account(
    machine: LocalServer, applicant: Client, email: str, redrive: Callable[[str, Person], int]
) -> None:
    with denied(machine, "SignUp"):
        applicant.register(email)
        until(lambda: waiting(machine, "JobsDeadLetters") == 1, "no dead letter", patience=60)
    assert machine.mailbox.to(email) == []

    person = Person("y")
    assert redrive("jobs", person) == 0
    reference = applicant.current()["reference"].replace("-", "")
    assert reference in person.heard
    assert email not in person.heard
    finishes(machine, applicant, email)
    assert waiting(machine, "JobsDeadLetters") == 0


def test_who_got_no_code_since_its_trigger_failed_three_times_gets_a_new_one_that_works(
    machine: LocalServer, applicant: Client, email: str, redrive: Callable[[str, Person], int]
) -> None:
    with denied(machine, "PutItem", of=f"{STACK}-trail"):
        applicant.register(email)
        until(lambda: waiting(machine, "FailedInvocations") == 1, "no event was kept")

    person = Person("y")
    assert redrive("failed-invocations", person) == 0
    assert "SendCode" in person.heard
    assert email not in person.heard
    finishes(machine, applicant, email)
    assert waiting(machine, "FailedInvocations") == 0
