"""A cookie that somebody kept of a device that others use too is worth nothing after them."""

from __future__ import annotations

from collections.abc import Callable

from local.server import LocalServer
from tests.flow.client import Client, other

REGISTRATION = "todoku_registration"
OWN, THEIRS = "three quiet herons", "a heron of somebody else"


def copied(applicant: Client, onto: Client) -> None:
    """Have ``onto`` send the cookie that ``applicant`` has now."""
    onto.cookies[REGISTRATION] = applicant.cookies[REGISTRATION]


def test_who_began_on_a_shared_device_does_not_get_the_next_persons_account(
    machine: LocalServer,
    client: Callable[..., Client],
    address: Callable[..., str],
) -> None:
    applicant, stranger = client(), client()
    applicant.register(address())
    copied(applicant, stranger)
    owner = address("docomo.ne.jp")
    assert applicant.correct(owner).status == 202
    applicant.awaiting_code()
    code = machine.mailbox.to(owner)[0].code
    assert code
    assert stranger.verify(other(code)).problem == "no-registration"
    assert applicant.verify(code).status == 200

    refused = stranger.complete(THEIRS)
    assert (refused.status, refused.problem) == (404, "no-registration")
    assert stranger.look("/register/password").status == 303
    assert applicant.complete(OWN).status == 201


def test_a_copy_from_before_the_code_sets_no_password(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    applicant, stranger = client(), client()
    applicant.register(email)
    applicant.awaiting_code()
    copied(applicant, stranger)
    code = machine.mailbox.to(email)[0].code
    assert code
    assert applicant.verify(code).status == 200

    assert stranger.complete(THEIRS).problem == "no-registration"
    assert stranger.verify(other(code)).problem == "code-mismatch"
    assert stranger.complete(THEIRS).problem == "no-registration"
    assert applicant.complete(OWN).status == 201


def test_a_right_code_whose_answer_was_lost_is_typed_again_and_goes_on(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    applicant.awaiting_code()
    before = applicant.cookies[REGISTRATION]
    code = machine.mailbox.to(email)[0].code
    assert code
    applicant.verify(code)
    after = applicant.cookies[REGISTRATION]
    applicant.cookies[REGISTRATION] = before  # the answer never came

    form = applicant.form("/api/v1/registrations/current/verification", {"code": code})

    assert (form.status, form.header("location")) == (303, "/register/password")
    assert applicant.cookies[REGISTRATION] == after != before
    assert applicant.complete(OWN).status == 201
