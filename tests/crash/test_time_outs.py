"""A batch that takes longer than a function may run."""

from __future__ import annotations

import pytest

from tests.crash.applicant import Applicant
from tests.crash.plays import nothing_is_left
from tests.crash.process import Process

SLOW = 9.0
"""Seconds: one to connect and eight to answer is as long as the clients wait."""


def test_ten_sign_ups_at_a_slow_cognito_are_ten_mails(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """Two calls each: three fit into a minute. What a killed function had begun comes again after
    six minutes, and whoever was in its batch too."""
    process.batch = 10
    process.slowness.seconds = {"cognito-idp": SLOW}
    applicants = [Applicant(process) for _ in range(10)]
    for applicant in applicants:
        applicant.ask()
    asked = process.cloud.clock.peek()
    process.until(lambda: all(applicant.mails for applicant in applicants))
    assert process.cloud.clock.peek() < asked + 6 * 60
    for _ in range(15):
        process.minute()
    assert [len(applicant.mails) for applicant in applicants] == [1] * 10
    process.slowness.seconds = {}
    for applicant in applicants:
        applicant.finish()
    nothing_is_left(process, caplog)


def test_who_stands_behind_the_slow_in_a_batch_is_no_dead_letter(process: Process) -> None:
    """Where the tables are slow too, a function's time is over with its first or second job."""
    process.batch = 10
    applicants = [Applicant(process) for _ in range(20)]
    for applicant in applicants:
        applicant.ask()
    process.slowness.seconds = {"cognito-idp": SLOW, "dynamodb": 2.5}
    process.until(lambda: all(applicant.mails for applicant in applicants), minutes=20)
    assert process.cloud.waiting("jobs-dead-letters") == 0
    assert [len(applicant.mails) for applicant in applicants] == [1] * 20


def test_ten_mails_again_at_a_slow_ses_are_ten_mails(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """Left to their queue they come again after six minutes."""
    applicants = [Applicant(process) for _ in range(10)]
    for applicant in applicants:
        applicant.asked()
    process.minute()
    process.batch = 5
    process.slowness.seconds = {"sesv2": SLOW}
    for applicant in applicants:
        applicant.press_again(process.services)
    process.until(lambda: all(len(applicant.mails) == 2 for applicant in applicants), minutes=20)
    for _ in range(15):
        process.minute()
    assert [len(applicant.mails) for applicant in applicants] == [2] * 10
    process.slowness.seconds = {}
    for applicant in applicants:
        applicant.finish()
    nothing_is_left(process, caplog)
