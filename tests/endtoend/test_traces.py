"""What the suite leaves behind: what a browser finished, named; of the rest, nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from local.server import LocalServer
from tests.endtoend import conftest, one_machine
from tests.endtoend.one_machine import OneMachine
from tests.endtoend.target import simulated
from tests.endtoend.traces import forget
from tests.flow.client import Client, until


@pytest.fixture
def machine() -> Iterator[LocalServer]:
    with one_machine.machine() as machine:
        yield machine


def users(machine: LocalServer) -> list[str]:
    """The usernames in the pool."""
    pool = machine.stack.ref("UserPool")
    found = machine.clients("cognito-idp").list_users(UserPoolId=pool)["Users"]
    return [str(user["Username"]) for user in found]


def registered(place: OneMachine, email: str) -> Client:
    browser = place.client()
    assert browser.register(email, locale="en").status == 202
    browser.awaiting_code()
    return browser


def test_what_was_finished_is_named_and_the_users_of_the_rest_are_gone(
    machine: LocalServer,
) -> None:
    place = OneMachine(machine)
    email = place.address()
    done, begun = registered(place, email), registered(place, simulated("success"))
    code = place.mails(email)[0].code
    assert code
    assert done.verify(code).status == 200
    assert done.complete("three quiet herons").status == 201
    reference = done.current()["reference"]
    assert len(users(machine)) == 2

    assert forget([done, begun, place.client()]) == [reference]
    until(lambda: users(machine) == [reference.replace("-", "")], lambda: str(users(machine)))


@dataclass
class Told:
    """Pytest's reporter and configuration, as much of them as is asked."""

    target: str
    stash: pytest.Stash = field(default_factory=pytest.Stash)
    said: list[str] = field(default_factory=list)

    def getoption(self, name: str) -> str:
        assert name == "target"
        return self.target

    def section(self, title: str) -> None:
        self.said.append(title)

    write_line = section


@pytest.mark.parametrize(
    ("target", "left", "said"),
    [
        ("aws", ["7Q4K-2M9X-8T"], ["accounts that stay in the pool", "7Q4K-2M9X-8T"]),
        ("aws", [], []),
        ("local", ["7Q4K-2M9X-8T"], []),
    ],
)
def test_the_accounts_that_stay_in_somebody_s_pool_are_listed_at_the_end(
    target: str, left: list[str], said: list[str]
) -> None:
    told = Told(target)
    told.stash[conftest.left] = left
    conftest.pytest_terminal_summary(cast(pytest.TerminalReporter, told), cast(pytest.Config, told))
    assert told.said == said
