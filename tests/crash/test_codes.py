"""Asked, sent again, renewed: whatever goes wrong, one code works, and it is in the mailbox."""

from __future__ import annotations

import pytest

from chalicelib.clock import japan_day
from chalicelib.limits.counters import MAILS, network
from tests.crash.applicant import Applicant
from tests.crash.fault_injection import FaultKind
from tests.crash.plays import Everywhere, Stage, Strike, registers

DAY = 86_400


def test_a_registration_ends_with_one_working_code(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        registers(applicant, strike)
        assert len(applicant.codes) == 1

    everywhere(play, "TransactWriteItems", "SendMessage", "SignUp", "SendEmail")


def test_one_mail_takes_one_place_of_the_day_and_of_its_network(everywhere: Everywhere) -> None:
    """Or none, where the process died between the note and the place."""

    def play(applicant: Applicant, strike: Strike) -> None:
        with strike():
            applicant.asked()
        counters = applicant.process.services.adapters.counters
        day = japan_day(applicant.process.cloud.clock())
        holders = (MAILS, network(applicant.registration.network))
        taken = [counters.read(holder, day).placed for holder in holders]
        assert len(applicant.mails) >= max(taken)
        if not applicant.process.faults.struck:
            assert taken == [1, 1]
        applicant.finish()

    everywhere(play, "UpdateItem")


@pytest.mark.parametrize("n", range(1, 16))
def test_a_write_that_the_sdk_made_twice_is_no_race(stage: Stage, n: int) -> None:
    """The second one met the first. Taken for somebody else's, the place was given back for a mail
    that left, and a proof was not counted."""

    def play(applicant: Applicant, strike: Strike) -> None:
        with strike():
            applicant.asked()
            applicant.prove()
        reference = applicant.registration.current
        applicant.complete()
        applicant.comes_to_be_known(reference)
        counters = applicant.process.services.adapters.counters
        day = japan_day(applicant.process.cloud.clock())
        of_network = counters.read(network(applicant.registration.network), day)
        assert counters.read(MAILS, day).placed == of_network.placed == 1
        assert of_network.confirmed == 1
        assert len(applicant.mails) == 1

    assert stage.play(play, (FaultKind.AGAIN, n)) == ["PutItem"]


def test_sending_again_brings_the_same_code(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        applicant.asked()
        applicant.process.minute()
        applicant.process.minute()
        with strike():
            applicant.send_again()
            applicant.wait_for_mail(2)
        assert len(applicant.codes) == 1
        applicant.finish()

    everywhere(play, "TransactWriteItems", "SendMessage", "SendEmail")


def test_after_expiry_a_new_code_comes_and_the_old_one_is_dead(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        applicant.asked()
        applicant.process.cloud.clock.put_forward(DAY + 60)
        with strike():
            applicant.send_again()
            applicant.process.until(lambda: len(applicant.codes) == 2)
        applicant.finish()

    everywhere(play, "ResendConfirmationCode", "SendEmail")


def test_a_code_whose_event_was_lost_is_replaced_by_one_that_works(everywhere: Everywhere) -> None:
    def play(applicant: Applicant, strike: Strike) -> None:
        applicant.ask()
        applicant.process.work()
        applicant.process.cloud.codes.clear()
        with strike():
            applicant.wait_for_mail(1)
        assert len(applicant.codes) == 1
        applicant.finish()

    everywhere(play, "SendMessageBatch", "ResendConfirmationCode", "SendEmail")
