"""A process that dies, or is not answered, at each of its calls in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib import factory
from tests.crash.applicant import Applicant
from tests.crash.cloud import Cloud, cloud
from tests.crash.fault_injection import FaultKind
from tests.crash.plays import Everywhere, Stage, nothing_is_left
from tests.crash.process import Process


@pytest.fixture(scope="module")
def the_cloud() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture(scope="module")
def the_process(the_cloud: Cloud) -> Iterator[Process]:
    with pytest.MonkeyPatch.context() as patch:
        # This process's services are nobody else's afterwards.
        patch.setattr(factory, "_installed", [])
        yield Process(the_cloud)


@pytest.fixture
def process(the_process: Process) -> Process:
    """The process, with nobody registered."""
    the_process.forget()
    return the_process


@pytest.fixture
def applicant(process: Process, caplog: pytest.LogCaptureFixture) -> Iterator[Applicant]:
    """Somebody on the way to an account; in the end nothing may be left to do or to mend."""
    yield Applicant(process)
    nothing_is_left(process, caplog)


@pytest.fixture(scope="session")
def every_call(request: pytest.FixtureRequest) -> bool:
    """Whether all calls and pairs of calls are to be tried, or a choice of them."""
    return bool(request.config.getoption("every_call"))


@pytest.fixture
def stage(process: Process, caplog: pytest.LogCaptureFixture) -> Stage:
    return Stage(process, caplog)


@pytest.fixture(
    # Writes that the SDK makes twice are tried where something is counted (``test_codes.py``).
    params=[way for way in FaultKind if way is not FaultKind.AGAIN],
    ids=lambda way: way.name.lower(),
)
def everywhere(request: pytest.FixtureRequest, stage: Stage) -> Everywhere:
    return Everywhere(stage, request.param)
