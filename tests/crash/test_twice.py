"""Everything comes twice, and in the wrong order: as SQS, Lambda, Cognito and SES may have it."""

from __future__ import annotations

import pytest

from tests.crash.applicant import Applicant


@pytest.fixture(autouse=True)
def everything_comes_twice(applicant: Applicant) -> None:
    applicant.process.deliveries = 2
    applicant.process.newest_first = True


def test_one_registration_is_one_mail(applicant: Applicant) -> None:
    applicant.asked()
    applicant.process.minute()
    assert len(applicant.mails) == 1
    applicant.finish()


def test_sending_again_is_one_more_mail(applicant: Applicant) -> None:
    applicant.asked()
    applicant.process.minute()
    applicant.process.minute()
    applicant.send_again()
    applicant.wait_for_mail(2)
    applicant.process.minute()
    assert len(applicant.mails) == 2
    assert len(applicant.codes) == 1
    applicant.finish()


def test_an_expired_code_is_renewed_once(applicant: Applicant) -> None:
    applicant.asked()
    applicant.process.cloud.clock.put_forward(86_460)
    applicant.send_again()
    applicant.wait_for_mail(2)
    for _ in range(6):
        applicant.process.minute()
    assert len(applicant.mails) == 2
    applicant.finish()


def test_a_code_that_cannot_be_read_any_more_is_renewed_once(applicant: Applicant) -> None:
    applicant.asked()
    applicant.process.cloud.lose_codes()
    for _ in range(6):
        applicant.process.minute()
    applicant.send_again()
    applicant.wait_for_mail(2)
    for _ in range(6):
        applicant.process.minute()
    assert len(applicant.mails) == 2
    assert len(applicant.codes) == 2
    applicant.finish()


def test_the_trail_ends_the_same(applicant: Applicant) -> None:
    reference = applicant.asked().current
    (record,) = applicant.process.services.adapters.mail_records.of(reference)
    assert [str(state) for state in record.states] == ["waiting", "sent", "delivered"]
    assert (
        applicant.process.services.registration.view(applicant.registration).delivery.state
        == "delivered"
    )
    applicant.finish()


def test_a_correction_leaves_one_user(applicant: Applicant) -> None:
    applicant.asked()
    wrong = applicant.email
    applicant.correct("right." + wrong)
    applicant.wait_for_mail(1)
    applicant.process.minute()
    assert len(applicant.mails) == 1
    assert applicant.process.cloud.users(wrong) == []
    applicant.finish()
