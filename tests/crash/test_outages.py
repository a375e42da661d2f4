"""A service is away for a while: what was accepted arrives when it is back."""

from __future__ import annotations

import pytest

from tests.crash.applicant import Applicant
from tests.crash.fault_injection import RECORDS
from tests.crash.plays import nothing_is_left
from tests.crash.process import Process

SERVICES = ("sesv2", "kms", "cognito-idp", "sqs", "dynamodb")


def away(process: Process, minutes: int, *services: str) -> None:
    """Minutes without these, the sweeper's rounds and the queues' tries included."""
    process.faults.away = frozenset(services)
    for _ in range(minutes):
        process.minute()
    process.faults.away = frozenset()


@pytest.mark.parametrize("minutes", [20, 45, 90])
@pytest.mark.parametrize("service", SERVICES)
def test_a_code_arrives_within_15_minutes_of_the_end(
    process: Process, service: str, minutes: int
) -> None:
    """Whoever asked just before it began."""
    applicant = Applicant(process)
    applicant.ask()
    away(process, minutes, service)
    process.until(lambda: len(applicant.mails) > 0, minutes=15)
    assert len(applicant.codes) == 1
    applicant.finish()


@pytest.mark.parametrize("minutes", [20, 45, 90])
@pytest.mark.parametrize("service", SERVICES)
def test_a_code_that_was_on_its_way_arrives_too(
    process: Process, service: str, minutes: int
) -> None:
    """Cognito has issued it, and nobody has heard of it when the service goes away."""
    applicant = Applicant(process)
    applicant.ask()
    process.work()
    away(process, minutes, service)
    process.until(lambda: len(applicant.mails) > 0, minutes=15)
    applicant.finish()


@pytest.mark.parametrize("service", ["sesv2", "kms"])
def test_a_code_arrives_though_the_queues_tries_are_over(process: Process, service: str) -> None:
    """After two hours its messages are dead letters; the sweeper has it tried all the same."""
    applicant = Applicant(process)
    applicant.ask()
    away(process, 180, service)
    assert process.cloud.waiting("resends-dead-letters") > 0
    process.until(lambda: len(applicant.mails) > 0, minutes=25)
    applicant.finish()


@pytest.mark.parametrize("minutes", [20, 45, 90])
@pytest.mark.parametrize("service", ["sesv2", "kms", "sqs"])
def test_a_mail_asked_for_again_arrives_too(process: Process, service: str, minutes: int) -> None:
    applicant = Applicant(process)
    applicant.asked()
    process.minute()
    applicant.send_again()
    away(process, minutes, service)
    process.until(lambda: len(applicant.mails) > 1, minutes=15)
    applicant.finish()


def five_presses_bring_one_mail(applicant: Applicant, service: str) -> None:
    """Of the button, in 25 minutes without this service."""
    process, before = applicant.process, len(applicant.mails)
    process.faults.away = frozenset({service})
    process.settle()
    for _ in range(5):
        for _ in range(5):
            process.minute()
        process.once(applicant.press_again)
    process.faults.away = frozenset()
    process.until(lambda: len(applicant.mails) > before, minutes=15)
    for _ in range(60):
        process.minute()
    assert len(applicant.mails) == before + 1
    applicant.finish()


@pytest.mark.parametrize("service", ["sesv2", "kms", "cognito-idp"])
def test_a_code_that_was_asked_for_five_times_more_comes_once(
    process: Process, service: str
) -> None:
    """And no later for it: five mails are all that an address has in an hour."""
    applicant = Applicant(process)
    applicant.ask()
    five_presses_bring_one_mail(applicant, service)


@pytest.mark.parametrize("service", ["sesv2", "kms", "sqs"])
def test_a_mail_asked_for_five_times_again_comes_once(process: Process, service: str) -> None:
    applicant = Applicant(process)
    applicant.asked()
    five_presses_bring_one_mail(applicant, service)


def test_a_mail_that_went_is_not_sent_again(process: Process) -> None:
    """The registration that does not know of it only asks."""
    applicant = Applicant(process)
    applicant.asked()
    for _ in range(60):
        process.minute()
    assert len(applicant.mails) == 1
    applicant.finish()


def test_after_its_code_has_died_nothing_is_tried_any_more(process: Process) -> None:
    """SES is away for two days: the page says that the code has expired, a new one is asked for."""
    applicant = Applicant(process)
    applicant.ask()
    process.faults.away = frozenset({"sesv2"})
    for _ in range(30):
        process.minute()
    process.cloud.clock.put_forward(2 * 86_400)
    process.faults.away = frozenset()
    for _ in range(10):
        process.minute()
    assert applicant.mails == []
    applicant.send_again()
    for _ in range(2):
        process.minute()
    assert len(applicant.mails) == 1
    applicant.prove()


@pytest.mark.parametrize("minutes", [25, 90])
def test_while_nothing_can_be_written_the_queue_grows_no_longer(
    process: Process, caplog: pytest.LogCaptureFixture, minutes: int
) -> None:
    """DynamoDB is read and refuses every write. What waited before waits, and arrives."""
    applicants = [Applicant(process) for _ in range(6)]
    for one in applicants[:3]:
        one.ask()
    process.work()
    for one in applicants[3:]:
        one.ask()
    before = process.cloud.waiting("jobs")
    process.faults.throttled = RECORDS
    for _ in range(minutes):
        process.minute()
        assert process.cloud.waiting("jobs") <= before
    process.faults.throttled = frozenset()
    process.until(lambda: all(one.mails for one in applicants), minutes=15)
    for one in applicants:
        one.finish()
    process.cloud.dropped.clear()  # Lambda gave up events of codes that were asked for again
    nothing_is_left(process, caplog)
