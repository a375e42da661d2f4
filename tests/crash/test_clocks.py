"""The clock of one function is some seconds before, or behind, all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import CodeExpired, CodeMismatch, Conflict, TooManyAttempts, Wait
from tests.crash.applicant import PASSWORD, Applicant
from tests.crash.plays import nothing_is_left
from tests.crash.process import Process

DAY = 86_400
APART = [5.0, -5.0, 2.0]
"""Seconds; two is how early a mail may leave."""
A_MOMENT = 65.0
"""Seconds that each mail may be later: one that is put back comes with the next simulated minute.
The sweeper, which mends what is lost, takes longer."""
OTHERS = ["work", "send_again", "send_code", "record_events", "sweep"]
Scene = Callable[[Applicant], Any]


def _again(applicant: Applicant) -> None:
    applicant.press_again(applicant.process.services)


def _until_refused(ask: Callable[[], object], *refusals: type[Exception]) -> int:
    """How often it may be asked for."""
    for n in range(20):
        try:
            ask()
        except refusals:
            return n
    raise AssertionError("it is never refused")


def registered(applicant: Applicant) -> None:
    applicant.asked()


def sent_again(applicant: Applicant) -> None:
    applicant.asked()
    applicant.process.minute()
    for mails in (2, 3):
        applicant.send_again()
        applicant.wait_for_mail(mails)
        applicant.process.minute()


def sent_again_at_once(applicant: Applicant) -> object:
    """The button works from one moment on, and not before."""
    applicant.asked()
    clock, process = applicant.process.cloud.clock, applicant.process
    until = process.services.registration.view(applicant.registration).resend_available_at
    assert until is not None
    clock.put_forward((until - process.services.clock()).total_seconds() - 0.1)
    with pytest.raises(Wait):
        _again(applicant)
    clock.put_forward(0.1)
    _again(applicant)
    applicant.wait_for_mail(2)
    return None


def corrected(applicant: Applicant) -> None:
    applicant.asked()
    applicant.correct("right." + applicant.email)
    applicant.wait_for_mail(1)


def corrected_before_the_mail(applicant: Applicant) -> None:
    applicant.ask()
    applicant.correct("right." + applicant.email)
    applicant.wait_for_mail(1)


def cancelled(applicant: Applicant) -> object:
    applicant.asked()
    applicant.cancel()
    applicant.process.until(lambda: applicant.process.cloud.users(applicant.email) == [])
    applicant.token, applicant.client = None, "198.51.100.1"
    applicant.asked(mails=2)
    return len(applicant.mails)


def lost(applicant: Applicant) -> None:
    """The code's event; asked for again by the sweeper, and by the applicant at that moment."""
    applicant.ask()
    applicant.process.work()
    applicant.process.cloud.clock.put_forward(6)
    applicant.process.work()
    applicant.process.cloud.codes.clear()
    applicant.process.cloud.clock.put_forward(66)
    applicant.process.sweep()
    applicant.process.work()
    _again(applicant)
    applicant.wait_for_mail(1)
    for _ in range(3):
        applicant.process.minute()
    assert applicant.registration.attempt.expected_at is None, "nothing is on its way"


def expired(applicant: Applicant) -> object:
    applicant.asked()
    applicant.process.cloud.clock.put_forward(DAY + 60)
    with pytest.raises(CodeExpired):
        applicant.enter(applicant.codes[-1])
    applicant.send_again()
    applicant.process.until(lambda: len(applicant.codes) == 2)
    return len(applicant.mails)


def taken_over(applicant: Applicant) -> object:
    first = Applicant(applicant.process, applicant.email, "198.51.100.2")
    first.asked()
    first.prove()
    applicant.ask()
    applicant.wait_for_mail(2)
    applicant.enter(applicant.codes[-1])
    with pytest.raises(Conflict):
        applicant.process.services.registration.complete(first.token, PASSWORD)
    applicant.process.minute()
    return len(applicant.mails)


def tried_often(applicant: Applicant) -> object:
    applicant.asked()

    def wrong() -> None:
        with pytest.raises(CodeMismatch):
            applicant.enter(f"{(int(applicant.codes[-1]) + 1) % 1_000_000:06d}")

    tries = _until_refused(wrong, TooManyAttempts)
    applicant.process.cloud.clock.put_forward(60)
    return tries, _until_refused(wrong, TooManyAttempts)


def asked_often(applicant: Applicant) -> object:
    """Five mails an hour; the sixth has its place in time."""
    applicant.asked()
    for n in range(2, 6):
        applicant.process.minute()
        applicant.send_again()
        applicant.wait_for_mail(n)
    applicant.process.minute()
    _again(applicant)
    at = applicant.registration.attempt.expected_at
    applicant.process.until(lambda: len(applicant.mails) == 6, minutes=70)
    return at is not None


SCENES: list[Scene] = [
    registered,
    sent_again,
    sent_again_at_once,
    corrected,
    corrected_before_the_mail,
    cancelled,
    lost,
    expired,
    taken_over,
    tried_often,
    asked_often,
]


@dataclass(frozen=True)
class Played:
    """How a scene ended, with how many mails, and how many seconds after it began the last came."""

    end: Any
    mails: int
    last_mail: float


def _play(process: Process, scene: Scene, apart: float, function: str = "api") -> Played:
    process.forget()
    process.ahead = {function: timedelta(seconds=apart)}
    applicant, began = Applicant(process), process.cloud.clock()
    asked_for = applicant.email
    seen = scene(applicant)
    last = (applicant.mails[-1].at - began).total_seconds()
    mails = len(applicant.mails) + (applicant.email != asked_for)
    end = (seen, mails, len(applicant.codes))
    if scene is tried_often:
        process.cloud.clock.put_forward(3600)
    if scene is taken_over:
        assert applicant.complete() == applicant.registration.current
        process.cloud.clock.put_forward(7 * DAY)
        process.until(lambda: process.cloud.due() == [])
    else:
        applicant.finish()
    return Played(end, mails, last)


def _ends_alike(played: Played, together: Played) -> None:
    assert played.end == together.end
    assert played.last_mail - together.last_mail < A_MOMENT * played.mails


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: str(scene.__name__))
def test_it_ends_as_with_one_clock(
    process: Process, caplog: pytest.LogCaptureFixture, scene: Scene
) -> None:
    together = _play(process, scene, 0.0)
    for apart in APART:
        _ends_alike(_play(process, scene, apart), together)
    nothing_is_left(process, caplog)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: str(scene.__name__))
def test_it_ends_so_whichever_functions_clock_it_is(
    process: Process, caplog: pytest.LogCaptureFixture, scene: Scene, every_call: bool
) -> None:
    """Two functions to a scene, or all."""
    n = SCENES.index(scene)
    chosen = OTHERS if every_call else [OTHERS[n % 5], OTHERS[(n + 3) % 5]]
    together = _play(process, scene, 0.0)
    for function in chosen:
        for apart in (5.0, -5.0):
            _ends_alike(_play(process, scene, apart, function), together)
            nothing_is_left(process, caplog)


@pytest.mark.parametrize("apart", [5.0, -5.0])
@pytest.mark.parametrize("before", [-6, -4, -1, 1, 4, 6])
def test_a_mail_asked_for_as_the_code_expires_ends_with_one_that_works(
    process: Process,
    caplog: pytest.LogCaptureFixture,
    before: float,
    apart: float,
    every_call: bool,
) -> None:
    """What leaves just before may carry a code that dies on its way: then the next is a new one."""
    for function in ["api", *OTHERS] if every_call else ["api", "work"]:
        process.forget()
        process.ahead = {function: timedelta(seconds=apart)}
        _ask_as_the_code_expires(process, before)
        nothing_is_left(process, caplog)


def _ask_as_the_code_expires(process: Process, before: float) -> None:
    applicant = Applicant(process)
    expires = applicant.asked().attempt.code_expires_at
    assert expires is not None
    process.cloud.clock.put_forward(expires.timestamp() - process.cloud.clock.time() - before)
    applicant.send_again()
    applicant.wait_for_mail(2)
    process.minute()
    if len(applicant.codes) == 1:
        with pytest.raises(CodeExpired):
            applicant.enter(applicant.codes[-1])
        applicant.send_again()
        applicant.wait_for_mail(3)
    assert len(applicant.codes) == 2
    applicant.finish()
