"""The AWS side as the template says it is: moto, with the local Cognito."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.aws.due_index import DueTable
from chalicelib.aws.queue import SqsJobs
from chalicelib.aws.tables import RegistrationTable
from chalicelib.verification.sweep import Sweeper
from local.account import STACK
from local.simulated_time import SimulatedClock
from tests.crash.cloud import Cloud, cloud


@pytest.fixture(scope="module")
def the_cloud() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def there(the_cloud: Cloud) -> Cloud:
    """Everything that the template names, empty."""
    the_cloud.forget()
    return the_cloud


@pytest.fixture
def dynamodb(there: Cloud) -> Any:
    return there.client("dynamodb")


@pytest.fixture
def items(dynamodb: Any) -> Callable[[str], list[dict[str, Any]]]:
    """Everything in one of the stack's tables."""

    def scan(table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = dynamodb.scan(TableName=f"{STACK}-{table}")["Items"]
        return sorted(found, key=lambda item: str(item["id"]["S"]))

    return scan


@pytest.fixture
def table(there: Cloud) -> RegistrationTable:
    """The registrations."""
    names = f"{STACK}-registrations", f"{STACK}-addresses"
    return RegistrationTable(lambda: there.client("dynamodb"), *names)


@pytest.fixture
def index(there: Cloud) -> DueTable:
    """What of them is due."""
    return DueTable(lambda: there.client("dynamodb"), f"{STACK}-registrations")


@pytest.fixture
def clock() -> SimulatedClock:
    """The sweeper's, which stands at the day after."""
    return SimulatedClock(datetime(2026, 1, 25, 9, tzinfo=UTC))


@pytest.fixture
def sweeper(there: Cloud, index: DueTable, clock: SimulatedClock) -> Sweeper:
    """A sweeper of both."""
    found = there.environment
    queues = found["TODOKU_JOBS_QUEUE"], found["TODOKU_RESENDS_QUEUE"]
    jobs = SqsJobs(lambda: there.client("sqs"), *queues, clock)
    return Sweeper(index=index, jobs=jobs, clock=clock)
