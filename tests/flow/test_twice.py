"""The same request twice, at once or after a lost answer, is one request."""

from __future__ import annotations

from collections.abc import Callable

from local.server import LocalServer
from tests.flow.client import REGISTRATIONS, Client, at_once, until

Addresses = Callable[..., str]


def test_the_same_idempotency_key_at_once_is_one_registration_and_one_mail(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    browser = client()
    headers = {"Idempotency-Key": "one random number"}
    answers = at_once(
        client, browser, lambda it: it.json("POST", REGISTRATIONS, {"email": email}, headers), 6
    )
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["reference"] for answer in answers}) == 1
    cookies = {answer.all("set-cookie")[0] for answer in answers}
    assert len(cookies) == 1, "both must end with the same cookie"
    machine.wait_for_mail(email)
    browser.cookies["todoku_registration"] = cookies.pop().partition("=")[2].partition(";")[0]
    browser.awaiting_code()
    assert len(machine.mailbox.to(email)) == 1


def test_the_same_key_goes_on_where_the_first_was_in_its_own_network_alone(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    headers = {"Idempotency-Key": "another random number"}
    once = client()
    first = once.json("POST", REGISTRATIONS, {"email": email}, headers)
    machine.wait_for_mail(email)
    elsewhere = client().json("POST", REGISTRATIONS, {"email": email}, headers)
    assert elsewhere.json["reference"] != first.json["reference"]
    again = client(once.source)
    second = again.json("POST", REGISTRATIONS, {"email": email}, headers)
    assert second.status == 202
    assert second.json["reference"] == first.json["reference"]
    code = machine.mailbox.to(email)[0].code
    assert again.verify(code or "").status == 200


def test_a_key_is_worth_nothing_with_another_address(
    client: Callable[..., Client], address: Addresses
) -> None:
    headers = {"Idempotency-Key": "the same for both"}
    first = client().json("POST", REGISTRATIONS, {"email": address()}, headers)
    second = client().json("POST", REGISTRATIONS, {"email": address()}, headers)
    assert first.json["reference"] != second.json["reference"]


def test_the_same_form_sent_twice_at_once_is_one_registration(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    browser = client()
    form = browser.look("/register").page.form(REGISTRATIONS)
    answers = at_once(client, browser, lambda it: it.submit(form, email=email), 4)
    assert {(answer.status, answer.header("location")) for answer in answers} == {
        (303, "/register/code")
    }
    assert len({answer.all("set-cookie")[0] for answer in answers}) == 1
    machine.wait_for_mail(email)
    browser.awaiting_code()
    assert len(machine.mailbox.to(email)) == 1


def test_two_identical_posts_at_once_with_one_cookie_are_one(
    machine: LocalServer, client: Callable[..., Client], address: Addresses
) -> None:
    browser, wrong, right = client(), address(), address()
    browser.register(wrong)
    browser.awaiting_code()
    answers = at_once(client, browser, lambda it: it.register(right), 5)
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["reference"] for answer in answers}) == 1
    machine.wait_for_mail(right)
    browser.awaiting_code()
    assert len(machine.mailbox.to(right)) == 1


def test_two_identical_corrections_at_once_are_one(
    machine: LocalServer, client: Callable[..., Client], address: Addresses
) -> None:
    browser, wrong, right = client(), address(), address()
    browser.register(wrong)
    browser.awaiting_code()
    answers = at_once(client, browser, lambda it: it.correct(right), 5)
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["reference"] for answer in answers}) == 1


def test_asking_again_twice_at_once_sends_one_mail(
    machine: LocalServer,
    client: Callable[..., Client],
    email: str,
    ahead: Callable[[float], None],
) -> None:
    browser = client()
    browser.register(email)
    browser.awaiting_code()
    ahead(61)
    answers = at_once(client, browser, lambda it: it.send_again(), 5)
    assert sorted(answer.status for answer in answers) == [202, 429, 429, 429, 429]
    machine.wait_for_mail(email, 2)
    browser.awaiting_code()
    assert len(machine.mailbox.to(email)) == 2


def test_two_passwords_at_once_make_one_account(
    machine: LocalServer, client: Callable[..., Client], email: str
) -> None:
    browser = client()
    browser.register(email)
    browser.verify(machine.wait_for_mail(email)[0].code or "")
    answers = at_once(client, browser, lambda it: it.complete("three quiet herons"), 4)
    statuses = {answer.status for answer in answers}
    assert 201 in statuses
    assert statuses <= {201, 409}
    until(lambda: browser.current()["state"] == "completed")
