"""Another address in the same registration, or none any more: the old user goes, and its code."""

from __future__ import annotations

import pytest

from chalicelib.errors import NoRegistration
from tests.crash.applicant import Applicant
from tests.crash.plays import Everywhere, Strike, corrects


def test_the_first_addresss_code_never_proves_the_corrected_one(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        corrects(applicant, strike)
        assert len(applicant.codes) == 1

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
