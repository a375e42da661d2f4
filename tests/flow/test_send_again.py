"""Where a network is busy, mails beyond the first and its own resend cost work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from local.server import LocalServer
from tests.flow.client import CURRENT, Client
from tests.flow.test_limits import busy, expected_in
from tests.proof_of_work import solved


@pytest.fixture
def third(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> Client:
    """Somebody in a busy network whose first resend went at once, and who waited for a minute."""
    assert applicant.register(email).status == 202
    machine.wait_for_mail(email)
    busy(machine, applicant)
    ahead(61)
    second = applicant.send_again()
    assert (second.status, second.json["expected_at"] is None) == (202, False)
    machine.wait_for_mail(email, 2)
    ahead(61)
    return applicant


def test_the_third_mail_is_worked_for(machine: LocalServer, third: Client, email: str) -> None:
    asked = third.send_again()
    assert (asked.status, asked.problem) == (429, "challenge-required")
    answered = third.send_again(altcha=solved(asked.json["challenge"]))
    assert answered.status == 202
    assert len({mail.code for mail in machine.wait_for_mail(email, 3)}) == 1


def test_a_form_without_scripts_has_it_later(
    machine: LocalServer, third: Client, email: str
) -> None:
    page = third.look("/register/code").page
    assert third.submit(page.form(f"{CURRENT}/code")).status == 303
    assert timedelta(seconds=55) < expected_in(machine, third.current()) < timedelta(minutes=31)
    machine.put_forward(31 * 60)
    machine.wait_for_mail(email, 3)
