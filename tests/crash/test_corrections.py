"""Another address in the same registration, or none any more: the old user goes, and its code."""

from __future__ import annotations

import pytest

from chalicelib.errors import NoRegistration
from tests.crash.applicant import Applicant
from tests.crash.plays import Everywhere, Strike


def test_the_first_addresss_code_never_proves_the_corrected_one(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        first = applicant.asked()
        (dead,) = applicant.codes
        wrong = applicant.email
        with strike():
            applicant.correct("right." + wrong)
            applicant.process.work()
        applicant.wait_for_mail(1)
        assert applicant.registration.current != first.current
        assert len(applicant.codes) == 1
        applicant.dies(dead)
        applicant.finish()
        applicant.process.until(lambda: applicant.process.cloud.users(wrong) == [])
        assert list(applicant.registration.attempts) == [applicant.registration.current]

    everywhere(play, "TransactWriteItems", "SendMessage", "SignUp", "AdminDeleteUser")


def test_a_cancelled_registration_leaves_nobody(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        reference = applicant.asked().current
        with strike():
            applicant.cancel()
            applicant.process.until(lambda: applicant.process.cloud.users(applicant.email) == [])
        with pytest.raises(NoRegistration):
            applicant.process.services.verification.lookup.registration(applicant.token)
        assert applicant.process.services.adapters.registrations.find(reference) is None
        # The same address from the beginning.
        applicant.token = None
        applicant.client = "198.51.100.1"
        applicant.asked(mails=2)
        applicant.finish()

    everywhere(play, "TransactWriteItems", "SendMessage", "AdminDeleteUser", "DeleteItem")


def test_who_never_enters_the_code_is_forgotten_after_a_week(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        applicant.asked()
        applicant.process.cloud.clock.put_forward(7 * 86_400)
        with strike():
            applicant.process.until(lambda: applicant.process.cloud.users(applicant.email) == [])
        with pytest.raises(NoRegistration):
            applicant.process.services.verification.lookup.registration(applicant.token)

    everywhere(play, "AdminDeleteUser", "DeleteItem")
