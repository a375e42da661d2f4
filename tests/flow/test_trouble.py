"""A service behind is slow, busy or silent: the applicant still ends with one code that works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.verification.model import Attempt
from local.server import LocalServer
from tests.flow.client import Client, other, until

Addresses = Callable[..., str]


def switch(client: Client, **switches: Any) -> None:
    answer = client.json("PUT", "/local/switches", switches)
    assert answer.status in (200, 204), answer


def has_one_working_code(
    machine: LocalServer, applicant: Client, email: str, mails: int = 1
) -> None:
    """Every code in the mailbox is the same, it works, and nothing else does."""
    machine.wait_for_mail(email, mails)
    applicant.awaiting_code()
    codes = {mail.code for mail in machine.mailbox.to(email)}
    assert len(codes) == 1
    (code,) = codes
    assert code
    assert applicant.verify(other(code)).problem == "code-mismatch"
    assert applicant.verify(code).status == 200


def attempt(machine: LocalServer, applicant: Client) -> Attempt:
    """What is kept of the registration: more than an applicant sees."""
    found: Attempt = machine.services.verification.lookup.registration(
        applicant.cookies["todoku_registration"]
    ).attempt
    return found


def users_of(machine: LocalServer, email: str) -> list[str]:
    users = machine.clients("cognito-idp").list_users(UserPoolId=machine.stack.ref("UserPool"))
    return [
        user["Username"]
        for user in users["Users"]
        if {"Name": "email", "Value": email} in user["Attributes"]
    ]


@pytest.mark.parametrize("fault", ["throttle", "unavailable", "lose_response"])
def test_a_faulty_cognito_delays_the_code_and_makes_no_second_one(
    machine: LocalServer,
    applicant: Client,
    email: str,
    ahead: Callable[[float], None],
    calls: Callable[[], Counter[str]],
    fault: str,
) -> None:
    calls()
    tried: list[str] = []

    def fail(environ: Mapping[str, Any], body: bytes) -> None:
        if environ.get("HTTP_X_AMZ_TARGET", "").endswith(".SignUp") and not tried:
            tried.append(fault)
            machine.switches.set(cognito_fail=fault)

    machine.interceptors.append(fail)
    asked = applicant.register(email)
    assert asked.status == 202
    until(lambda: tried, "the worker never tried")
    machine.interceptors.remove(fail)
    assert attempt(machine, applicant).signup_at
    assert attempt(machine, applicant).signed_up_at is None
    switch(applicant, cognito_fail=None)
    ahead(10)
    has_one_working_code(machine, applicant, email)
    assert len(users_of(machine, email)) == 1
    # What was throttled never got there; what got there is not asked for again.
    assert calls()["AWSCognitoIdentityProviderService.SignUp"] == 1


@pytest.mark.parametrize("fault", ["throttle", "unavailable", "lose_response"])
def test_a_cognito_that_cannot_say_who_has_the_address_is_asked_again(
    machine: LocalServer,
    applicant: Client,
    email: str,
    ahead: Callable[[float], None],
    fault: str,
) -> None:
    asked: list[str] = []

    def note(environ: Mapping[str, Any], body: bytes) -> None:
        asked.append(environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2])

    machine.interceptors.append(note)
    switch(applicant, cognito_fail=fault)
    applicant.register(email)
    until(lambda: "AdminGetUser" in asked, "nobody asked")
    machine.interceptors.remove(note)
    assert attempt(machine, applicant).signup_at is None
    switch(applicant, cognito_fail=None)
    for _ in range(2):
        ahead(61)
    has_one_working_code(machine, applicant, email)


@pytest.mark.parametrize("fault", ["throttle", "lose_response"])
def test_a_faulty_ses_delays_the_mail_and_changes_no_code(
    machine: LocalServer,
    applicant: Client,
    email: str,
    ahead: Callable[[float], None],
    fault: str,
) -> None:
    switch(applicant, ses_fail=fault)
    applicant.register(email)
    applicant.until(lambda it: it["code_expires_at"])
    before = applicant.current()["code_expires_at"]
    switch(applicant, ses_fail=None)
    ahead(5)
    # A lost answer of SES may cost a second mail; it is the same code.
    has_one_working_code(machine, applicant, email)
    assert before


def test_an_ses_that_is_busy_for_longer_than_lambda_tries_still_mails_the_same_code(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    failed = len(machine.functions.failures)
    switch(applicant, ses_fail="throttle")
    applicant.register(email)
    applicant.until(lambda it: it["code_expires_at"])
    machine.functions.wait_for_failures(failed + 1)
    assert not machine.mailbox.to(email)
    switch(applicant, ses_fail=None)
    for _ in range(3):
        ahead(61)
    has_one_working_code(machine, applicant, email)


def test_a_sender_whose_domain_is_verified_no_more_rejects_nobodys_mail(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    """Its DKIM records were lost. An operator is told, and once they are back the mail goes."""
    route = machine.services.config.routes[0]
    ses = machine.clients("sesv2", route.region)
    domain, failed = route.sender.rpartition("@")[2], len(machine.functions.failures)
    ses.delete_email_identity(EmailIdentity=domain)
    try:
        applicant.register(email)
        machine.functions.wait_for_failures(failed + 1)
        assert applicant.current()["delivery"]["state"] == "waiting"
    finally:
        ses.create_email_identity(EmailIdentity=domain)
    for _ in range(3):
        ahead(61)
    has_one_working_code(machine, applicant, email)


def test_many_at_once_past_the_senders_rate_all_get_their_mail(
    machine: LocalServer, client: Callable[..., Client], address: Addresses
) -> None:
    operator = client()
    switch(operator, ses_per_second=2)
    emails = [address() for _ in range(6)]
    for email in emails:
        assert client().register(email).status == 202
    try:
        until(lambda: sum(len(machine.mailbox.to(email)) > 0 for email in emails) == 6)
    finally:
        switch(operator, ses_per_second=None)


def test_lost_triggers_are_mended_by_the_sweeper(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    switch(applicant, triggers=False)
    applicant.register(email)
    applicant.until(lambda it: it["state"] == "awaiting_code")
    switch(applicant, triggers=True)
    assert applicant.current()["delivery"]["history"] == []
    ahead(121)
    has_one_working_code(machine, applicant, email)
    assert len(users_of(machine, email)) == 1


def test_a_dns_that_does_not_answer_delays_no_mail(
    machine: LocalServer, applicant: Client, address: Addresses
) -> None:
    switch(applicant, dns_fail=True)
    email = address("never-looked-up.example.ed.jp")
    applicant.register(email)
    has_one_working_code(machine, applicant, email)


def test_a_request_that_cannot_be_kept_is_not_accepted(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    switch(applicant, dynamodb_fail="unavailable")
    refused = applicant.register(email)
    assert (refused.status, refused.problem) == (503, "try-later")
    assert int(refused.header("retry-after")) >= 1
    switch(applicant, dynamodb_fail=None)
    assert applicant.register(email).status == 202


def test_a_queue_that_takes_no_job_only_makes_the_mail_wait_for_the_sweeper(
    machine: LocalServer,
    applicant: Client,
    email: str,
    ahead: Callable[[float], None],
) -> None:
    switch(applicant, sqs_fail="unavailable")
    assert applicant.register(email).status == 202
    switch(applicant, sqs_fail=None)
    for _ in range(3):
        ahead(61)
    has_one_working_code(machine, applicant, email)
    assert len(users_of(machine, email)) == 1


def test_a_busy_cognito_at_the_code_costs_no_attempt(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    code = machine.wait_for_mail(email)[0].code or ""
    switch(applicant, cognito_fail="throttle")
    refused = applicant.verify(code)
    assert (refused.status, refused.problem) == (503, "try-later")
    assert applicant.current()["attempts_left"] == 5
    switch(applicant, cognito_fail=None)
    assert applicant.verify(code).status == 200


def test_a_lost_answer_to_the_right_code_is_found_again(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    code = machine.wait_for_mail(email)[0].code or ""
    switch(applicant, cognito_fail="lose_response")
    refused = applicant.verify(code)
    assert (refused.status, refused.problem) == (503, "try-later")
    switch(applicant, cognito_fail=None)
    assert applicant.verify(code).status == 200
    assert applicant.complete("three quiet herons").status == 201


@pytest.mark.parametrize("fault", ["throttle", "lose_response"])
def test_a_password_whose_answer_was_lost_can_be_set_again(
    machine: LocalServer, applicant: Client, email: str, fault: str
) -> None:
    applicant.register(email)
    applicant.verify(machine.wait_for_mail(email)[0].code or "")
    switch(applicant, cognito_fail=fault)
    refused = applicant.complete("three quiet herons")
    assert (refused.status, refused.problem) == (503, "try-later")
    assert applicant.current()["state"] == "verified"
    switch(applicant, cognito_fail=None)
    assert applicant.complete("three quiet herons").status == 201
    assert applicant.json("GET", "/api/v1/session").status == 200


def test_a_busy_service_is_told_as_a_page_that_keeps_the_place(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    code = machine.wait_for_mail(email)[0].code or ""
    form = applicant.look("/register/code").page.form("/verification")
    switch(applicant, cognito_fail="throttle")
    refused = applicant.submit(form, code=code)
    assert refused.status == 503
    switch(applicant, cognito_fail=None)
    sent = applicant.submit(refused.page.form("/verification"), code=code)
    assert sent.header("location") == "/register/password"


def test_a_registration_never_proven_is_gone_after_a_week(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    applicant.register(email)
    applicant.awaiting_code()
    assert len(users_of(machine, email)) == 1
    ahead(7 * 86_400 + 60)
    ahead(180)
    until(lambda: not users_of(machine, email), "its user is still there")
    until(lambda: applicant.json("GET", "/api/v1/registrations/current").status == 404)
