"""An address in a mail domain that does not exist, from the form to the correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from local.server import LocalServer
from tests.flow.client import Client

Addresses = Callable[..., str]

NOWHERE = "nowhere.example.com"


def refused(applicant: Client) -> Any:
    return applicant.until(lambda it: it["delivery"]["reason"] == "no-such-domain")


def test_the_domain_is_told_and_neither_cognito_nor_ses_is_asked(
    applicant: Client, address: Addresses, calls: Callable[[], Counter[str]]
) -> None:
    calls()
    asked = applicant.register(address(NOWHERE))
    assert asked.status == 202
    assert asked.json["delivery"]["state"] == "waiting"
    seen = refused(applicant)
    assert seen["state"] == "queued"
    assert seen["delivery"]["state"] == "rejected"
    assert [step["state"] for step in seen["delivery"]["history"]] == ["rejected"]
    assert seen["delivery"]["advice"] == ["check-address", "try-another-address"]
    assert (seen["expected_at"], seen["code_expires_at"]) == (None, None)
    asked_of = {name.partition(".")[0].partition("_")[0] for name in calls()}
    assert asked_of == {"DynamoDB", "AmazonSQS"}


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "There is no mail domain “nowhere.example.com”."),
        ("ja", "メールのドメイン「nowhere.example.com」は存在しません。"),
        ("ja-easy", "「nowhere.example.com」は ありません。"),
    ],
)
def test_the_page_names_the_domain_and_leads_to_the_correction(
    machine: LocalServer, applicant: Client, address: Addresses, locale: str, words: str
) -> None:
    applicant.register(address(NOWHERE), locale=locale)
    refused(applicant)
    page = applicant.look("/register/code").page
    assert words in page.text
    assert "/register?change=1#email" in page.links

    email = address()
    form = applicant.look("/register?change=1").page.form("/email", _method="PUT")
    assert applicant.submit(form, email=email).status == 303
    code = machine.wait_for_mail(email)[0].code
    assert applicant.verify(code or "").status == 200


def test_asking_again_has_the_dns_asked_again(
    applicant: Client, address: Addresses, ahead: Callable[[float], None]
) -> None:
    applicant.register(address(NOWHERE))
    first = refused(applicant)["delivery"]["history"]
    ahead(61)
    asked = applicant.send_again()
    assert asked.status == 202
    assert asked.json["delivery"]["state"] == "waiting"
    (again,) = refused(applicant)["delivery"]["history"]
    assert again["at"] > first[0]["at"]


def test_without_an_answer_of_the_dns_the_mail_goes_and_its_bounce_says_the_same(
    machine: LocalServer, applicant: Client, address: Addresses
) -> None:
    machine.put_forward(61)  # an earlier denial is remembered for a minute
    machine.switches.set(dns_fail=True)
    applicant.register(address(NOWHERE), locale="en")
    seen = refused(applicant)
    assert (seen["state"], seen["delivery"]["state"]) == ("awaiting_code", "bounced")
    page = applicant.look("/register/code").page
    assert "There is no mail domain “nowhere.example.com”." in page.text
    assert "/register?change=1#email" in page.links
