"""A second fault strikes while the first is being mended."""

from __future__ import annotations

import pytest

from chalicelib.verification.model import AttemptState
from tests.crash.applicant import Applicant
from tests.crash.fault_injection import FaultKind
from tests.crash.plays import EveryPair, Stage, Strike

KILLED, LOST = FaultKind.KILLED, FaultKind.LOST
PAIRS = [(KILLED, KILLED), (LOST, LOST), (KILLED, LOST)]


@pytest.fixture(params=PAIRS, ids=lambda ways: "-".join(way.name.lower() for way in ways))
def every_pair(request: pytest.FixtureRequest, stage: Stage, every_call: bool) -> EveryPair:
    return EveryPair(stage, request.param, every_call)


def test_a_registration_ends_with_one_working_code(every_pair: EveryPair) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        with strike():
            applicant.asked()
        applicant.finish()

    every_pair(play)


def test_a_right_code_proves_the_address(every_pair: EveryPair) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        applicant.asked()
        with strike():
            applicant.enter(applicant.codes[-1])
        applicant.finish()

    every_pair(play)


def test_a_password_makes_the_account_once(every_pair: EveryPair) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        reference = applicant.asked().current
        applicant.prove()
        with strike():
            assert applicant.complete() == reference
            applicant.process.settle()
        assert applicant.registration.attempt.state is AttemptState.COMPLETED
        assert applicant.sign_in() == reference
        assert applicant.process.cloud.users(applicant.email) == [reference]
        applicant.comes_to_be_known(reference)

    every_pair(play)


def test_a_correction_ends_with_one_user_and_one_working_code(every_pair: EveryPair) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
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

    every_pair(play)
