"""From an address to an account, with the code out of a mail: by JSON, and by forms alone.

All five mails fit into the hour of a mailbox whose addresses differ after the plus alone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.endtoend.target import Target, simulated
from tests.flow.client import ACCOUNT, CODE, EMAIL, REGISTRATIONS, SESSION, Client, other
from tests.flow.page import Page

PASSWORD = "three quiet herons"
A_MINUTE = 61.0
"""Seconds after which an address may get its next mail."""


def code_for(target: Target, visitor: Client, email: str, mails: int) -> str:
    """Register by JSON; the code of the newest of so many mails."""
    assert visitor.register(email, locale="en").status == 202
    label = visitor.awaiting_code()["label"]
    newest = target.mails(email, mails)[0]
    assert label in newest.subject
    assert newest.code, newest.text
    return newest.code


@pytest.mark.mails(mailbox=3)
def test_an_address_becomes_an_account_and_only_its_mailbox_tells_so(
    target: Target, browser: Callable[[], Client]
) -> None:
    email, first, second, third = target.address(), browser(), browser(), browser()
    code = code_for(target, first, email, 1)
    target.pass_time(A_MINUTE)
    late_code = code_for(target, second, email, 2)

    wrong = first.verify(other(code))
    assert (wrong.status, wrong.problem) == (422, "code-mismatch")
    assert wrong.json["attempts_left"] == 4
    assert first.verify(code).status == 200
    assert first.complete(PASSWORD).status == 201
    assert first.json("GET", SESSION).status == 200

    assert second.verify(other(late_code)).problem == "code-mismatch"
    told = second.verify(late_code)
    assert (told.status, told.problem) == (409, "account-exists")

    target.pass_time(A_MINUTE)
    assert third.register(email, locale="en").status == 202
    third.awaiting_code()
    mail = target.mails(email, 3)[0]
    assert "already has an account" in mail.text
    assert mail.code is None
    assert third.verify("000000").problem == "code-mismatch"


@pytest.mark.mails(mailbox=2, simulator=1)
def test_without_script_an_address_is_corrected_its_code_comes_twice_and_works(
    target: Target, visitor: Client
) -> None:
    def shown(path: str) -> Page:
        answer = visitor.look(f"{target.prefix}{path}")
        assert answer.status == 200, answer
        return answer.page

    def led(answer_to: str) -> tuple[int, str]:
        return 303, f"{target.prefix}{answer_to}"

    form = shown("/register?lang=en").form(REGISTRATIONS)
    sent = visitor.submit(form, email=simulated("success"))
    assert (sent.status, sent.header("location")) == led("/register/code")

    email = target.address()
    sent = visitor.submit(shown("/register?change=1").form(EMAIL, _method="PUT"), email=email)
    assert (sent.status, sent.header("location")) == led("/register/code")
    assert visitor.submit(shown("/register/code").form(CODE)).status == 429, "within the minute"
    code = target.mails(email)[0].code
    assert code
    visitor.awaiting_code()

    target.pass_time(A_MINUTE)
    sent = visitor.submit(shown("/register/code").form(CODE))
    assert (sent.status, sent.header("location")) == led("/register/code")
    assert {mail.code for mail in target.mails(email, 2)} == {code}

    wrong = visitor.submit(shown("/register/code").form("/verification"), code=other(code))
    assert wrong.status == 422
    assert wrong.page.invalid == ["code"]
    sent = visitor.submit(wrong.page.form("/verification"), code=f"{code[:3]} {code[3:]}")
    assert (sent.status, sent.header("location")) == led("/register/password")
    sent = visitor.submit(shown("/register/password").form(ACCOUNT), password=PASSWORD)
    assert (sent.status, sent.header("location")) == led("/register/done")
    assert visitor.current()["reference"] in shown("/register/done").text
    assert visitor.json("GET", SESSION).status == 200
