"""A code whose event comes late: after another was asked for, it is dead and never mailed."""

from __future__ import annotations

import pytest

from chalicelib import triggers
from tests.crash.applicant import Applicant
from tests.crash.cloud import Invocation
from tests.crash.process import MINUTE, Process


def presses(applicant: Applicant) -> None:
    """The button, once."""
    applicant.process.once(applicant.press_again)


@pytest.mark.parametrize("pressed", [0, 4, 7, 8])
@pytest.mark.parametrize("held", [5, 6, 7, 8, 11, 17, 65])
def test_a_new_code_that_lambda_holds_back_is_mailed_only_while_it_works(
    process: Process, held: int, pressed: int
) -> None:
    """So many minutes, while the applicant asks for the mail after others (0: does not)."""
    applicant = Applicant(process)
    applicant.ask()
    process.work()
    process.cloud.codes.clear()
    process.cloud.clock.put_forward(MINUTE)
    process.sweep()
    process.work()
    (event,) = process.cloud.codes
    process.cloud.codes.clear()
    late = Invocation(triggers.send_code, event, process.cloud.clock.time())
    late.at += held * MINUTE
    process.cloud.under_way.append(late)

    for minute in range(1, max(held, 12) + 3):
        process.minute()
        if minute == pressed:
            presses(applicant)
    process.settle()
    assert len(applicant.codes) == 1
    mails = len(applicant.mails)
    presses(applicant)
    applicant.wait_for_mail(mails + 1)
    assert len(applicant.codes) == 1
    applicant.prove()
