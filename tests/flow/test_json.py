"""From an address to an account by JSON, as a program or a board's own form would go."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from local.server import LocalServer
from tests.flow.client import (
    ACCOUNT,
    CURRENT,
    REGISTRATION_COOKIE,
    REGISTRATIONS,
    SESSION,
    Client,
    until,
)

KEYS = {
    "reference",
    "label",
    "state",
    "email",
    "provider",
    "expected_at",
    "code_expires_at",
    "resend_available_at",
    "attempts_left",
    "delivery",
}
DELIVERY_KEYS = {"state", "history", "reason", "advice"}
PASSWORD = "three quiet herons"


def moment(text: str) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text), text
    return datetime.fromisoformat(text)


def whole(registration: Any) -> Any:
    """The registration, once it is sure that every key is there and of its kind."""
    assert registration.keys() == KEYS
    assert registration["delivery"].keys() == DELIVERY_KEYS
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}", registration["reference"])
    assert re.fullmatch(r"[2-9A-Z]{2}", registration["label"])
    assert registration["state"] in ("queued", "awaiting_code", "verified", "completed", "expired")
    for name in ("expected_at", "code_expires_at", "resend_available_at"):
        if registration[name] is not None:
            moment(registration[name])
    for step in registration["delivery"]["history"]:
        assert step.keys() == {"state", "at"}
        moment(step["at"])
    return registration


def test_an_address_becomes_an_account_and_the_browser_is_signed_in(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    asked = applicant.register(email, locale="en")
    assert asked.status == 202
    assert asked.header("location") == CURRENT
    queued = whole(asked.json)
    assert queued["state"] in ("queued", "awaiting_code")
    assert queued["email"] == email
    assert queued["attempts_left"] == 5

    waiting = whole(applicant.awaiting_code())
    assert waiting["reference"] == queued["reference"]
    assert waiting["label"] == queued["label"]
    assert waiting["provider"] == "google"
    assert waiting["expected_at"] is None
    assert [step["state"] for step in waiting["delivery"]["history"]] == [
        "waiting",
        "sent",
        "delivered",
    ]
    life = moment(waiting["code_expires_at"]) - machine.clock()
    assert timedelta(hours=23, minutes=59) < life <= timedelta(hours=24)

    (mail,) = machine.mailbox.to(email)
    assert mail.code is not None
    assert waiting["label"] in mail.subject
    assert waiting["label"] in mail.text
    assert mail.code not in mail.subject
    assert "http" not in mail.text

    verified = applicant.verify(mail.code)
    assert verified.status == 200
    assert whole(verified.json)["state"] == "verified"
    assert verified.json["attempts_left"] is None
    assert verified.json["code_expires_at"] is None

    completed = applicant.complete(PASSWORD)
    assert completed.status == 201
    assert whole(completed.json)["state"] == "completed"
    assert {"todoku_access", "todoku_refresh"} <= applicant.cookies.keys()

    who = applicant.json("GET", SESSION)
    assert who.status == 200
    assert who.json == {"reference": queued["reference"], "email": f"{email[0]}***@gmail.com"}
    assert whole(applicant.current())["state"] == "completed"


def test_a_completed_registration_takes_no_second_password(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    code = machine.wait_for_mail(email)[0].code
    assert code
    applicant.verify(code)
    assert applicant.complete(PASSWORD).status == 201
    again = applicant.complete("another long password")
    assert (again.status, again.problem) == (409, "conflict")
    assert "最初に決めたパスワード" in again.json["detail"]
    again = applicant.send_again()
    assert (again.status, again.problem) == (409, "conflict")
    corrected = applicant.correct(f"x{email}")
    assert (corrected.status, corrected.problem) == (409, "conflict")
    assert applicant.verify(code).status == 200, "a code entered twice is no mistake"


def test_signing_out_ends_the_session_in_this_browser(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    code = machine.wait_for_mail(email)[0].code
    assert code
    applicant.verify(code)
    applicant.complete(PASSWORD)
    refresh = applicant.cookies["todoku_refresh"]
    access = applicant.cookies["todoku_access"]
    reference = applicant.current()["reference"].replace("-", "")
    assert renews(machine, reference, refresh)
    assert applicant.json("DELETE", SESSION).status == 204
    assert not {"todoku_access", "todoku_refresh"} & applicant.cookies.keys()
    who = applicant.json("GET", SESSION)
    assert (who.status, who.problem) == (401, "not-signed-in")
    assert applicant.json("DELETE", SESSION).status == 204, "signed out already"
    applicant.cookies["todoku_access"] = access
    assert applicant.json("GET", SESSION).status == 401, "the earlier access token still works"
    assert not renews(machine, reference, refresh), "the refresh token still works"


def test_signing_out_by_the_access_token_alone_ends_it_too(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    applicant.verify(machine.wait_for_mail(email)[0].code or "")
    applicant.complete(PASSWORD)
    refresh = applicant.cookies.pop("todoku_refresh")
    access = applicant.cookies["todoku_access"]
    reference = applicant.current()["reference"].replace("-", "")
    assert applicant.json("DELETE", SESSION).status == 204
    applicant.cookies["todoku_access"] = access
    assert applicant.json("GET", SESSION).status == 401
    assert not renews(machine, reference, refresh)
    applicant.cookies["todoku_access"] = "no.token.atall"
    assert applicant.json("DELETE", SESSION).status == 204


def test_without_a_cookie_there_is_no_registration(applicant: Client) -> None:
    for answer in (
        applicant.json("GET", CURRENT),
        applicant.send_again(),
        applicant.correct("taro@gmail.com"),
        applicant.verify("123456"),
        applicant.complete(PASSWORD),
        applicant.cancel(),
    ):
        assert (answer.status, answer.problem) == (404, "no-registration")


def test_the_code_comes_before_the_password(applicant: Client, email: str) -> None:
    applicant.register(email)
    early = applicant.json("POST", ACCOUNT, {"password": PASSWORD})
    assert (early.status, early.problem) == (409, "conflict")


def test_sending_again_inside_the_minute_waits_and_says_how_long(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    available = applicant.register(email).json["resend_available_at"]
    machine.wait_for_mail(email)
    early = applicant.send_again()
    assert (early.status, early.problem) == (429, "wait")
    assert 50 <= int(early.header("retry-after")) <= 60
    assert early.json["retry_at"] == available


def test_cancelling_forgets_the_registration_and_its_user(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    reference = applicant.awaiting_code()["reference"].replace("-", "")
    code = machine.mailbox.to(email)[0].code
    assert code
    cookies = dict(applicant.cookies)
    assert reference in users(machine)
    assert applicant.cancel().status == 204
    assert REGISTRATION_COOKIE not in applicant.cookies
    until(lambda: reference not in users(machine), "its user is still there")

    applicant.cookies = cookies
    for answer in (applicant.json("GET", CURRENT), applicant.verify(code), applicant.cancel()):
        assert (answer.status, answer.problem) == (404, "no-registration")


def test_a_cancelled_address_may_register_again(
    machine: LocalServer, applicant: Client, client: Callable[..., Client], email: str
) -> None:
    applicant.register(email)
    applicant.awaiting_code()
    applicant.cancel()
    again = client().register(email)
    assert again.status == 202
    assert again.json["reference"]


def test_asking_again_with_the_same_cookie_and_address_goes_on_where_it_was(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    first = applicant.register(email).json
    applicant.awaiting_code()
    again = applicant.register(email.upper().replace("GMAIL.COM", "gmail.com"))
    assert again.status == 202
    assert again.json["reference"] == first["reference"]
    assert len(machine.mailbox.to(email)) == 1


def test_after_completion_another_person_can_register_on_the_same_device(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    elder, younger = address(), address()
    first = applicant.register(elder).json
    code = machine.wait_for_mail(elder)[0].code
    assert code
    applicant.verify(code)
    applicant.complete(PASSWORD)
    second = applicant.register(younger)
    assert second.status == 202
    assert second.json["reference"] != first["reference"]
    code = machine.wait_for_mail(younger)[0].code
    assert code
    assert applicant.verify(code).status == 200


def test_each_password_that_is_refused_says_why(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    email = address()
    applicant.register(email)
    code = machine.wait_for_mail(email)[0].code
    assert code
    applicant.verify(code)
    local = email.partition("@")[0]
    for password, reason in (
        ("heron7!", "too-short"),
        ("x" * 257, "too-long"),
        ("password123", "too-common"),
        ("1234567890", "too-common"),
        (f"{local}-2026", "contains-address"),
        (f"my {email}!", "contains-address"),
        ("todoku-2026!", "contains-service-name"),
        ("高校出願登録2026", "contains-service-name"),
    ):
        refused = applicant.complete(password)
        assert (refused.status, refused.problem) == (422, "password-refused"), password
        assert refused.errors == [("password", reason)]
        assert password not in refused.text
    empty = applicant.complete("")
    assert (empty.problem, empty.errors) == ("invalid", [("password", "empty")])
    assert applicant.complete(PASSWORD).status == 201


def test_registrations_are_begun_at_the_collection_alone(applicant: Client) -> None:
    assert applicant.json("GET", REGISTRATIONS).status == 405


def users(machine: LocalServer) -> set[str]:
    """The usernames that the local pool has."""
    found = machine.clients("cognito-idp").list_users(UserPoolId=machine.stack.ref("UserPool"))
    return {user["Username"] for user in found["Users"]}


def renews(machine: LocalServer, reference: str, refresh: str) -> bool:
    """Whether Cognito still takes this refresh token."""
    config = machine.services.config
    name = (reference + config.client_id).encode()
    digest = hmac.digest(config.client_secret.encode(), name, "sha256")
    cognito = machine.clients("cognito-idp")
    try:
        cognito.initiate_auth(
            ClientId=config.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={
                "REFRESH_TOKEN": refresh,
                "SECRET_HASH": base64.b64encode(digest).decode(),
            },
        )
    except cognito.exceptions.NotAuthorizedException:
        return False
    return True


def test_a_clock_put_forward_does_not_keep_anybody_from_signing_in(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    ahead(3 * 86400)
    applicant.register(email)
    code = machine.wait_for_mail(email)[0].code
    assert code
    applicant.verify(code)
    applicant.complete(PASSWORD)
    assert applicant.json("GET", SESSION).status == 200
