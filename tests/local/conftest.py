"""A local server for each module's tests, with the sample application in it."""

from __future__ import annotations

import itertools
import queue
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.server import LocalServer
from tests.local.sample_app import SampleApp

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def sample_app() -> SampleApp:
    return SampleApp()


@pytest.fixture(scope="module")
def running(sample_app: SampleApp) -> Iterator[LocalServer]:
    with LocalServer(application=sample_app, transit=0, retry_after=0) as machine:
        yield machine


@pytest.fixture
def machine(running: LocalServer, sample_app: SampleApp) -> Iterator[LocalServer]:
    """The module's server, with everything in order and nothing left over."""
    yield running
    running.switches.reset()
    running.providers.reset()
    sample_app.fail.clear()
    for waiting in (sample_app.got, sample_app.events, sample_app.swept, sample_app.codes):
        drain(waiting)


@pytest.fixture
def aws(machine: LocalServer) -> Callable[[str], Any]:
    """A botocore client of the local AWS side, by the service's name."""
    return machine.clients


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"NAME{next(_numbers)}"


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that interrupt one another all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def drain(waiting: queue.SimpleQueue[Any]) -> list[Any]:
    """Everything that is there just now."""
    found = []
    while not waiting.empty():
        found.append(waiting.get())
    return found
