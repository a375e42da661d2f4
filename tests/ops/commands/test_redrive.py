"""The command ``redrive``: its exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from ops.commands.redrive import NOTHING_LOST, redrive
from ops.errors import CommandError, Declined
from tests.ops.conftest import Person
from tests.ops.redrive.fakes import Queues


@pytest.fixture
def queues() -> Iterator[Queues]:
    with mock_aws():
        yield Queues()


def test_all_brought_back_and_nothing_there_are_both_a_success(queues: Queues) -> None:
    queues.put("JobsDeadLetters", {"kind": "remove", "reference": "none"})
    for _ in range(2):
        assert redrive("jobs", "dev", queues.clients, Person(yes=True)) == 0


def test_what_is_left_is_told_and_no_success(
    queues: Queues, capsys: pytest.CaptureFixture[str]
) -> None:
    queues.put("JobsDeadLetters", "nonsense")
    assert redrive("jobs", "dev", queues.clients, Person(yes=True)) == 1
    assert capsys.readouterr().err == "1 left in todoku-dev-jobs-dead-letters.\n"


def test_a_no_is_declined(queues: Queues) -> None:
    queues.put("JobsDeadLetters", {"kind": "remove", "reference": "none"})
    with pytest.raises(Declined):
        redrive("jobs", "dev", queues.clients, Person("n"))


def test_an_aws_that_cannot_be_reached_is_a_line_that_says_that_nothing_is_lost(
    queues: Queues,
) -> None:
    def clients(service: str, region: str) -> Any:
        raise EndpointConnectionError(endpoint_url="https://sqs.example")

    with pytest.raises(CommandError, match="cannot be reached") as error:
        redrive("jobs", "dev", clients, Person())
    assert NOTHING_LOST in str(error.value)


def test_a_stage_that_does_not_exist_is_an_error(queues: Queues) -> None:
    with pytest.raises(CommandError, match="There is no stage 'nosuch'"):
        redrive("jobs", "nosuch", queues.clients, Person())
