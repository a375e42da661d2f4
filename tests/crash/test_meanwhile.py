"""Another process does something whole at each call of the first one."""

from __future__ import annotations

from contextlib import suppress

import pytest

from chalicelib.errors import (
    AccountExists,
    CodeExpired,
    CodeMismatch,
    Conflict,
    NoRegistration,
    TodokuError,
)
from chalicelib.verification.model import OPEN
from tests.crash.applicant import Applicant
from tests.crash.neighbour import Meanwhile, Neighbour
from tests.crash.plays import MOST, nothing_is_left
from tests.crash.process import Process
from tests.crash.scenes import SCENES, WEEK, Act, Play, Scene

CASES = [(scene, act) for scene, acts in SCENES.items() for act in acts]


@pytest.fixture(scope="module")
def meanwhile(the_process: Process) -> Meanwhile:
    return Meanwhile(the_process)


@pytest.fixture(scope="module")
def neighbour(the_process: Process) -> Neighbour:
    return Neighbour(the_process.cloud)


def goes_on(applicant: Applicant) -> str:
    """From wherever this browser is: what becomes of it."""
    process = applicant.process
    process.until(lambda: not process.busy)
    try:
        state = applicant.registration.attempt.state
    except NoRegistration:
        return "gone"
    if state in OPEN:
        process.until(lambda: bool(applicant.mails))
        try:
            _enter(applicant)
        except AccountExists:
            return "taken"
        except NoRegistration:  # its week was over, and the sweeper a minute late
            return "gone"
    try:
        applicant.complete()
    except Conflict:
        return "displaced"
    return "account"


def _enter(applicant: Applicant) -> None:
    """The newest code works, and no other does."""
    *dead, newest = applicant.own_codes or ["000000"]
    for code in dead:
        applicant.dies(code)
    try:
        applicant.enter(newest)
    except (CodeExpired, CodeMismatch):  # the scene was long, or its owner's mail has no code
        mails = len(applicant.mails)
        applicant.process.minute()
        try:
            applicant.press_again(applicant.process.services)
        except NoRegistration:
            raise
        except TodokuError:
            pass
        applicant.process.until(lambda: len(applicant.mails) > mails)
        applicant.enter(applicant.own_codes[-1])


@pytest.mark.parametrize(
    ("scene", "act"), CASES, ids=[f"{scene.__name__}-{act.__name__}" for scene, act in CASES]
)
def test_what_two_processes_do_at_once_ends_with_one_account(
    process: Process,
    neighbour: Neighbour,
    meanwhile: Meanwhile,
    caplog: pytest.LogCaptureFixture,
    every_call: bool,
    scene: Scene,
    act: Act,
) -> None:
    """At each 23rd call, each act of a scene from another one on."""
    stride = 1 if every_call else 23
    for n in range(1 + SCENES[scene].index(act) % stride, 2 * MOST, stride):
        process.forget()
        play = Play(process, neighbour)
        try:
            with suppress(TodokuError):  # what the other did may forbid it
                scene(play, lambda: meanwhile.acting(n, lambda: act(play)))  # noqa: B023
            if not meanwhile.acted:
                return
            ends_with_one_account(play)
            nothing_is_left(process, caplog)
        except BaseException as error:
            error.add_note(f"before call {n} of {' '.join(meanwhile.made)}")
            raise
    raise AssertionError("it never ends")


def ends_with_one_account(play: Play) -> None:
    """Whoever was displaced, another has the account; whoever is gone may ask again."""
    process, applicant = play.process, play.applicant
    if goes_on(applicant) == "gone":
        applicant.token, applicant.client = None, "203.0.113.9"
        mails = len(applicant.mails)
        applicant.ask()
        process.until(lambda: len(applicant.mails) > mails)
        if applicant.mails[-1].code is not None:
            assert goes_on(applicant) == "account"
    if play.other.token is not None:
        goes_on(play.other)
    process.cloud.clock.put_forward(WEEK)
    process.until(lambda: process.cloud.due() == [])
    for email in {applicant.email, play.other.email}:
        users = process.cloud.users(email)
        holder = process.services.adapters.users.holder(email)
        assert users == ([holder.reference] if holder and holder.finished else [])
    holder = process.services.adapters.users.holder(applicant.email)
    assert holder is not None
