"""A scene played once for each call in it, which goes wrong, or waits for another process."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import takewhile

import pytest

from chalicelib.verification.model import AttemptState
from tests.crash.applicant import Applicant
from tests.crash.fault_injection import COUNTED, FaultKind
from tests.crash.process import Process

MOST = 80
Strike = Callable[[], AbstractContextManager[None]]
"""``with strike():`` is the part of a play in which calls go wrong."""
Play = Callable[[Applicant, Strike], None]


def nothing_is_left(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    """No work, no dead letter, no dropped invocation, nothing for the sweeper, no defect."""
    assert not process.busy
    assert process.cloud.dropped == []
    assert process.cloud.waiting("jobs-dead-letters") == 0
    assert process.cloud.waiting("resends-dead-letters") == 0
    assert process.cloud.due() == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


class Stage:
    """Plays a scene with faults, from the beginning."""

    def __init__(self, process: Process, caplog: pytest.LogCaptureFixture) -> None:
        self.process = process
        self._caplog = caplog

    def play(self, play: Play, *faults: tuple[FaultKind, int]) -> list[str]:
        """The calls that went wrong. In the end nothing may be left to do or to mend."""
        process = self.process
        process.forget()

        @contextmanager
        def strike() -> Iterator[None]:
            process.faults.arm(*faults)
            try:
                yield
            finally:
                process.faults.disarm()

        try:
            play(Applicant(process), strike)
            nothing_is_left(process, self._caplog)
        except BaseException as error:
            error.add_note(", ".join(f"{way.value}: call {n}" for way, n in faults))
            error.add_note(f"{process.faults.struck} of {' '.join(process.faults.made)}")
            raise
        return process.faults.struck


class Everywhere:
    """Plays a scene once for each call in its ``with strike():``, which goes wrong then."""

    def __init__(self, stage: Stage, way: FaultKind) -> None:
        self._stage = stage
        self._way = way

    def __call__(self, play: Play, *expected: str) -> None:
        """The ``expected`` calls must be among those that went wrong."""
        struck: list[str] = []
        for n in range(1, MOST):
            found = self._stage.play(play, (self._way, n))
            if not found:
                assert COUNTED[self._way].intersection(expected) <= set(struck)
                return
            struck += found
        raise AssertionError("it never ends")


class EveryPair:
    """Plays a scene for pairs of calls that go wrong: the nth, and the mth after it.

    As many pairs as the scene has calls: each n once and, in a shuffled order, each m once. All
    pairs where ``every``.
    """

    def __init__(self, stage: Stage, ways: tuple[FaultKind, FaultKind], every: bool) -> None:
        self._stage = stage
        self._ways = ways
        self._every = every

    def __call__(self, play: Play) -> None:
        """At least one pair must strike."""
        self._stage.play(play)
        made = self._stage.process.faults.made
        calls = sum(call in COUNTED[self._ways[0]] for call in made)
        if self._every:
            pairs = 0
            for n in range(1, calls + 1):
                pairs += sum(1 for _ in takewhile(partial(self._strikes, play, n), range(1, MOST)))
        else:
            shuffled = random.Random(calls).sample(range(1, calls + 1), calls)
            pairs = sum(self._strikes(play, n, m) for n, m in enumerate(shuffled, start=1))
        assert pairs

    def _strikes(self, play: Play, n: int, m: int) -> bool:
        one, other = self._ways
        return len(self._stage.play(play, (one, n), (other, m))) == 2


def registers(applicant: Applicant, strike: Strike) -> None:
    """A registration ends with one working code."""
    with strike():
        applicant.asked()
    applicant.finish()


def verifies(applicant: Applicant, strike: Strike) -> None:
    """A right code proves the address."""
    applicant.asked()
    with strike():
        applicant.enter(applicant.codes[-1])
    applicant.finish()


def completes(applicant: Applicant, strike: Strike) -> None:
    """A password makes the account once."""
    reference = applicant.asked().current
    applicant.prove()
    with strike():
        assert applicant.complete() == reference
        applicant.process.settle()
    assert applicant.registration.attempt.state is AttemptState.COMPLETED
    assert applicant.sign_in() == reference
    assert applicant.process.cloud.users(applicant.email) == [reference]
    applicant.comes_to_be_known(reference)


def corrects(applicant: Applicant, strike: Strike) -> None:
    """A correction ends with one user and one working code."""
    first = applicant.asked()
    (dead,) = applicant.codes
    wrong = applicant.email
    with strike():
        applicant.correct("right." + wrong)
        applicant.process.work()
    applicant.wait_for_mail(1)
    assert applicant.registration.current != first.current
    applicant.dies(dead)
    applicant.finish()
    applicant.process.until(lambda: applicant.process.cloud.users(wrong) == [])
    assert list(applicant.registration.attempts) == [applicant.registration.current]
