"""From the code to the account, whatever goes wrong in between."""

from __future__ import annotations

import pytest

from chalicelib.errors import Conflict, NoRegistration
from tests.crash.applicant import PASSWORD, Applicant
from tests.crash.plays import Everywhere, Strike, completes, verifies

WEEK = 7 * 86_400


def test_a_right_code_proves_the_address_though_nobody_heard_the_answer(
    everywhere: Everywhere,
) -> None:
    everywhere(verifies, "ConfirmSignUp", "PutItem")


def test_the_next_to_prove_an_unfinished_address_takes_it_over(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        applicant.asked()
        applicant.prove()
        later = Applicant(applicant.process, applicant.email, "198.51.100.2")
        later.ask()
        later.wait_for_mail(2)
        with strike():
            later.enter(later.codes[-1])
            later.process.settle()
        with pytest.raises((Conflict, NoRegistration)):
            applicant.process.services.registration.complete(applicant.token, PASSWORD)
        later.process.cloud.clock.put_forward(WEEK - 3600)
        assert later.complete() == later.sign_in() == later.registration.current
        # What a crash kept from being removed at once goes with the week.
        later.process.cloud.clock.put_forward(3600)
        later.process.until(lambda: later.process.cloud.due() == [])
        assert later.process.cloud.users(later.email) == [later.registration.current]

    everywhere(play, "ConfirmSignUp", "PutItem", "SendMessage")


def test_a_password_makes_the_account_once(everywhere: Everywhere) -> None:
    everywhere(
        completes,
        "AdminSetUserPassword",
        "AdminInitiateAuth",
        "PutItem",
        "SendMessage",
        "AdminUpdateUserAttributes",
    )


def test_an_owners_account_survives_a_later_registration_of_the_address(
    applicant: Applicant,
) -> None:
    applicant.asked()
    applicant.finish()
    owner = applicant.registration.current
    later = Applicant(applicant.process, applicant.email, "198.51.100.2")
    later.asked(mails=2)
    assert later.mails[-1].code is None
    later.cancel()
    later.process.until(lambda: later.process.cloud.due() == [])
    assert later.process.cloud.users(later.email) == [owner]
    assert applicant.sign_in() == owner


def test_an_account_that_an_operator_deleted_frees_its_address(applicant: Applicant) -> None:
    applicant.asked()
    applicant.finish()
    applicant.process.cloud.delete_user(applicant.registration.current)
    later = Applicant(applicant.process, applicant.email, "198.51.100.2")
    later.asked(mails=2)
    later.finish()


def test_who_was_deleted_before_the_password_is_told_and_begins_again(
    applicant: Applicant,
) -> None:
    applicant.asked()
    applicant.prove()
    applicant.process.cloud.delete_user(applicant.registration.current)
    with pytest.raises(Conflict):
        applicant.complete()
    applicant.wait_for_mail(2)
    applicant.finish()
    # What is left of the user that is gone goes with the sweeper's next round.
    applicant.process.until(lambda: applicant.process.cloud.due() == [])
