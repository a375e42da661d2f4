"""The service under test: this machine's by default, a deployed stage with ``--target=aws``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

import pytest

from ops.stage.settings import load_stage
from tests.endtoend import deployed, mailbox, one_machine
from tests.endtoend.announced import announced, kept
from tests.endtoend.target import Target
from tests.endtoend.traces import forget
from tests.flow.client import Client

left = pytest.StashKey[list[str]]()
"""The references of the accounts that were made."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The tests of the suite's own parts have nothing to do with an account. What costs least
    comes first: one may see that nothing works, and stop, before mails are sent."""
    if config.getoption("target") == "aws":
        others = [it for it in items if "target" not in getattr(it, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = sorted(
            (it for it in items if it not in others), key=lambda it: sum(announced(it).values())
        )


def pytest_report_collectionfinish(
    config: pytest.Config, items: Iterable[pytest.Item]
) -> list[str]:
    """What is about to be sent, before it is."""
    if config.getoption("target") != "aws":
        return []
    counts = [announced(item) for item in items]
    readable = mailbox.configured(os.environ)
    to_mailbox = sum(each["mailbox"] for each in counts)
    to_simulator = sum(each["simulator"] for each in counts if readable or not each["mailbox"])
    reads = f"{to_mailbox} to {readable.addresses}" if readable else "none to a mailbox"
    return [f"mails that will be asked for: {to_simulator} to SES's simulator, {reads}"]


@pytest.fixture(scope="session")
def stage(pytestconfig: pytest.Config) -> deployed.Deployed:
    """The deployed stage."""
    place = deployed.find(load_stage(pytestconfig.getoption("stage")))
    return deployed.Deployed(place, mailbox.configured(os.environ))


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """What the module's tests run against."""
    if request.config.getoption("target") == "aws":
        yield request.getfixturevalue("stage")
        return
    with one_machine.machine(request.getfixturevalue("service")) as machine:
        yield one_machine.OneMachine(machine)


@pytest.fixture(autouse=True)
def as_many_mails_as_announced(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that reads mails is left out where none can be read; none asks for more mails than
    it says, which one machine can tell."""
    if "target" not in request.fixturenames:
        yield
        return
    target, most = request.getfixturevalue("target"), announced(request.node)
    if most["mailbox"] and not target.reads_mails:
        pytest.skip(f"no mailbox to read: set {mailbox.MAILBOX} (docs/testing-on-aws.md)")
    if not isinstance(target, one_machine.OneMachine):
        yield
        return
    before = len(target.arrived())
    yield
    arrived = target.arrived()[: len(target.arrived()) - before]
    assert kept(arrived, most), arrived


@pytest.fixture
def browser(target: Target, request: pytest.FixtureRequest) -> Iterator[Callable[[], Client]]:
    """Browsers that were never here before. What they began and did not finish is forgotten
    afterwards; what they finished is told at the end."""
    made: list[Client] = []

    def fresh() -> Client:
        made.append(target.client())
        return made[-1]

    yield fresh
    request.config.stash.setdefault(left, []).extend(forget(made))


@pytest.fixture
def visitor(browser: Callable[[], Client]) -> Client:
    """One browser."""
    return browser()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name the accounts that stay in the pool."""
    references = config.stash.get(left, [])
    if references and config.getoption("target") == "aws":
        terminalreporter.section("accounts that stay in the pool")
        for reference in references:
            terminalreporter.write_line(reference)
