"""Another address in the same registration: what belonged to the first one is void."""

from __future__ import annotations

from collections.abc import Callable

from local.server import LocalServer
from tests.flow.client import Client, other, until
from tests.flow.test_json import users


def asked(machine: LocalServer, applicant: Client, email: str) -> str:
    """The code that came to ``email``."""
    assert applicant.register(email).status == 202
    applicant.awaiting_code()
    code = machine.mailbox.to(email)[0].code
    assert code
    return code


def test_a_corrected_address_is_another_attempt_with_its_own_reference_and_code(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    wrong, right = address(), address("docomo.ne.jp")
    asked(machine, applicant, wrong)
    before = applicant.current()
    corrected = applicant.correct(right)
    assert corrected.status == 202
    assert corrected.json["reference"] != before["reference"]
    assert corrected.json["email"] == right
    after = applicant.awaiting_code()
    assert after["provider"] == "docomo"
    assert len(after["delivery"]["history"]) == 3, "the first address's mails are shown too"
    code = machine.mailbox.to(right)[0].code
    assert code
    assert applicant.verify(code).json["email"] == f"{right[0]}***@docomo.ne.jp"


def test_the_first_addresss_code_never_proves_the_second(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    wrong, right = address(), address()
    first = asked(machine, applicant, wrong)
    applicant.correct(right)
    second = machine.wait_for_mail(right)[0].code
    assert second
    if second != first:
        refused = applicant.verify(first)
        assert (refused.status, refused.problem) == (422, "code-mismatch")
    assert applicant.verify(second).status == 200


def test_the_first_addresss_user_is_removed(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    wrong, right = address(), address()
    asked(machine, applicant, wrong)
    old = applicant.current()["reference"].replace("-", "")
    applicant.correct(right)
    new = applicant.awaiting_code()["reference"].replace("-", "")
    until(lambda: old not in users(machine), "the user of the first address is still there")
    assert new in users(machine)


def test_a_correction_before_the_first_mail_left_sends_nothing_to_the_first_address(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    wrong, right = address(), address()
    machine.switches.set(cognito_fail="throttle")
    applicant.register(wrong)
    applicant.correct(right)
    machine.switches.set(cognito_fail=None)
    machine.wait_for_mail(right)
    applicant.awaiting_code()
    assert not machine.mailbox.to(wrong)


def test_the_same_address_is_no_correction(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    asked(machine, applicant, email)
    before = applicant.current()
    corrected = applicant.correct(f"  {email} ")
    assert corrected.status == 202
    assert corrected.json["reference"] == before["reference"]
    assert len(machine.mailbox.to(email)) == 1


def test_a_corrected_address_is_checked_like_the_first(applicant: Client, email: str) -> None:
    applicant.register(email)
    refused = applicant.correct("taro@@gmail.com")
    assert (refused.status, refused.errors) == (422, [("email", "two-ats")])
    slip = applicant.correct("taro@gmail.co.jp")
    assert (slip.status, slip.problem) == (422, "email-typo")
    assert slip.json["suggestion"] == "taro@gmail.com"
    assert applicant.correct("taro@gmail.co.jp", as_typed=True).status == 202
    assert applicant.current()["email"] == "taro@gmail.co.jp"


def test_nothing_is_corrected_once_a_code_was_right(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    email = address()
    code = asked(machine, applicant, email)
    applicant.verify(code)
    late = applicant.correct(address())
    assert (late.status, late.problem) == (409, "conflict")
    assert applicant.current()["state"] == "verified"


def test_an_address_posted_anew_in_the_same_browser_is_a_correction(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    wrong, right = address(), address()
    first = asked(machine, applicant, wrong)
    cookie = applicant.cookies["todoku_registration"]
    assert applicant.register(right).status == 202
    assert applicant.cookies["todoku_registration"].partition(".")[0] == cookie.partition(".")[0]
    second = machine.wait_for_mail(right)[0].code
    assert second
    if first != second:
        assert applicant.verify(first).problem == "code-mismatch"
    assert applicant.verify(second).status == 200


def test_going_back_to_the_first_address_begins_anew(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    one, two = address(), address()
    first = asked(machine, applicant, one)
    applicant.correct(two)
    applicant.awaiting_code()
    back = applicant.correct(one)
    assert back.status == 202
    assert back.json["expected_at"], "the minute between two mails of one address counts on"
    assert applicant.verify(first).status == 422


def test_a_correction_does_not_give_new_wrong_codes(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    one, two = address(), address()
    code = asked(machine, applicant, one)
    for _ in range(3):
        applicant.verify(other(code))
    applicant.correct(two)
    assert applicant.awaiting_code()["attempts_left"] == 2
