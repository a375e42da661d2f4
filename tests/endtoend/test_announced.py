"""A test asks for no more mails than it says."""

from __future__ import annotations

import pytest

from tests.endtoend.announced import announced, kept
from tests.endtoend.target import simulated

OURS, THEIRS = "applicant1@gmail.com", simulated("success")


@pytest.mark.mails(simulator=2)
def test_what_a_test_says_is_read_and_what_it_does_not_say_is_none(
    request: pytest.FixtureRequest,
) -> None:
    assert announced(request.node) == {"mailbox": 0, "simulator": 2}


@pytest.mark.parametrize(
    ("arrived", "as_said"),
    [
        ([OURS, THEIRS], True),
        ([OURS], True),
        ([THEIRS], False),
        ([OURS, OURS], False),
        ([OURS, THEIRS, THEIRS], False),
    ],
)
def test_mails_to_the_mailbox_are_as_many_and_those_to_the_simulator_no_more(
    arrived: list[str], as_said: bool
) -> None:
    assert kept(arrived, {"mailbox": 1, "simulator": 1}) is as_said
