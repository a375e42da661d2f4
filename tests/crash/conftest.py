"""A process that dies, or is not answered, at each of its calls in turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from chalicelib import factory
from tests.crash.applicant import Applicant
from tests.crash.cloud import Cloud, cloud
from tests.crash.fault_injection import COUNTED, FaultKind
from tests.crash.process import Process

MOST = 80
Strike = Callable[[], AbstractContextManager[None]]
"""``with strike():`` is the part of a play in which a call goes wrong."""
Play = Callable[[Applicant, Strike], None]


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


class Everywhere:
    """Plays a scene once for each call in its ``with strike():``, which goes wrong then."""

    def __init__(self, process: Process, way: FaultKind, caplog: pytest.LogCaptureFixture) -> None:
        self.way = way
        self._process = process
        self._caplog = caplog

    def __call__(self, play: Play, *expected: str) -> None:
        """The ``expected`` calls must be among those that went wrong."""
        struck: list[str] = []
        for n in range(1, MOST):
            self._process.forget()
            try:
                play(Applicant(self._process), lambda n=n: self._strike(n))  # type: ignore[misc]
                nothing_is_left(self._process, self._caplog)
            except BaseException as error:
                error.add_note(f"{self.way.value}, call {n}: {self._process.faults.struck}")
                error.add_note(" ".join(self._process.faults.made))
                raise
            if self._process.faults.struck is None:
                assert COUNTED[self.way].intersection(expected) <= set(struck)
                return
            struck.append(self._process.faults.struck)
        raise AssertionError("it never ends")

    @contextmanager
    def _strike(self, n: int) -> Iterator[None]:
        self._process.faults.arm(self.way, n)
        try:
            yield
        finally:
            self._process.faults.disarm()


@pytest.fixture(params=list(FaultKind), ids=lambda way: way.name.lower())
def everywhere(
    request: pytest.FixtureRequest, process: Process, caplog: pytest.LogCaptureFixture
) -> Everywhere:
    return Everywhere(process, request.param, caplog)


def nothing_is_left(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    """No work, no dead letter, no dropped invocation, nothing for the sweeper, no defect."""
    assert not process.busy
    assert process.dropped == []
    assert process.cloud.waiting("jobs-dead-letters") == 0
    assert process.cloud.waiting("resends-dead-letters") == 0
    assert process.cloud.due() == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
