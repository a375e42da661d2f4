"""A form says which registration its page showed: one begun in another tab since is left alone."""

from __future__ import annotations

from local.server import LocalServer
from tests.flow.client import CURRENT, Answer, Client
from tests.flow.page import Form
from tests.flow.test_forms import PASSWORD, registered, verified


def cancelling(page: Answer) -> Form:
    return page.page.form(CURRENT, _method="DELETE")


def test_a_password_for_one_registration_is_not_set_for_the_next(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    verified(machine, applicant, email)
    left_behind = applicant.look("/register/password").page.form("/account")
    applicant.submit(cancelling(applicant.look("/register/password")))
    verified(machine, applicant, f"second.{email}")

    sent = applicant.submit(left_behind, password=PASSWORD)

    assert sent.status == 409
    assert "別の登録" in sent.page.text
    assert applicant.current()["state"] == "verified"
    own = sent.page.form("/account")
    assert applicant.submit(own, password=PASSWORD).header("location") == "/register/done"
    after = applicant.submit(left_behind, password=PASSWORD)
    assert after.status == 409
    assert "別の登録" in after.page.text
    assert applicant.current()["reference"] in after.page.text


def test_a_form_of_an_address_that_was_corrected_since_does_nothing(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    code = registered(machine, applicant, email)
    page = applicant.look("/register/code")
    change = applicant.look("/register?change=1").page.form("/email", _method="PUT")
    corrected = f"second.{email}"
    applicant.submit(change, email=corrected)
    before = applicant.awaiting_code()

    for form, typed in (
        (page.page.form("/verification"), {"code": code}),
        (page.page.form("/current/code"), {}),
        (cancelling(page), {}),
        (change, {"email": f"third.{email}"}),
    ):
        sent = applicant.submit(form, **typed)
        assert sent.status == 409
        assert corrected in sent.page.text
        assert applicant.current() == before
