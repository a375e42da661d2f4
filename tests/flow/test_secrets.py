"""What must stay between the applicant, the mailbox and Cognito: not in logs, not in tables."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from local.server import LocalServer
from tests.flow.client import Client, other, until

PASSWORD = "three quiet herons"


class Kept(logging.Handler):
    """Every line, with its traceback, as a log would keep it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log(machine: LocalServer) -> Iterator[list[str]]:
    """All that our own code says, however quietly, and what libraries say from INFO on."""
    handler = Kept()
    ours = [logging.getLogger(name) for name in ("todoku", "chalicelib", "app", "local")]
    root = logging.getLogger()
    before = [(logger, logger.level) for logger in (root, *ours)]
    # Chalice's logger keeps its lines to itself.
    heard = [logger for logger in (root, *ours) if logger is root or not logger.propagate]
    root.setLevel(logging.INFO)
    for logger in ours:
        logger.setLevel(logging.DEBUG)
    for logger in heard:
        logger.addHandler(handler)
    yield handler.lines
    for logger in heard:
        logger.removeHandler(handler)
    for logger, level in before:
        logger.setLevel(level)


def test_nothing_secret_is_logged_on_the_whole_way_or_in_trouble(
    machine: LocalServer,
    client: Callable[..., Client],
    address: Callable[..., str],
    ahead: Callable[[float], None],
    log: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    applicant, wrong, right = client(), address(), address("docomo.ne.jp")
    config = machine.services.config
    secrets = {
        "pepper": config.pepper.decode(),
        "client secret": config.client_secret,
        "password": PASSWORD,
        "refused password": "password123",
        "once": "the-one-and-only-request",
    }
    once = {"Idempotency-Key": secrets["once"]}

    applicant.json("POST", "/api/v1/registrations", {"email": f"{wrong}@"}, once)
    applicant.json("POST", "/api/v1/registrations", {"email": wrong}, once)
    secrets["first code"] = machine.wait_for_mail(wrong)[0].code or ""
    secrets["registration cookie"] = applicant.cookies["todoku_registration"]
    machine.switches.set(ses_fail="throttle", kms_fail=None)
    applicant.correct(right)
    applicant.until(lambda it: it["code_expires_at"])
    machine.switches.set(ses_fail=None, cognito_fail="lose_response")
    ahead(5)
    machine.switches.set(cognito_fail=None)
    machine.switches.set(dynamodb_fail="unavailable")
    applicant.json("GET", "/api/v1/registrations/current")
    machine.switches.set(dynamodb_fail=None)
    code = secrets["code"] = machine.wait_for_mail(right)[0].code or ""
    secrets["wrong code"] = other(code)
    applicant.verify(f"{code}9")
    applicant.verify(other(code))
    applicant.submit(applicant.look("/register/code").page.form("/verification"), code=other(code))
    applicant.verify(code)
    applicant.complete("password123")
    applicant.complete(PASSWORD)
    secrets["access token"] = applicant.cookies["todoku_access"]
    secrets["refresh token"] = applicant.cookies["todoku_refresh"]
    applicant.json("GET", "/api/v1/session")
    applicant.json("DELETE", "/api/v1/session")

    # And an address whose mail bounces, with the server's words that quote it.
    bouncing = address("ezweb.ne.jp")
    client().json("PUT", "/local/providers", {"provider": "au", "behaviour": "bounce"})
    another = client()
    another.register(bouncing)
    another.until(lambda it: it["delivery"]["state"] == "bounced")
    until(lambda: any("no-such-mailbox" in line for line in log), "bounces are not logged")

    secrets |= {"wrong address": wrong, "address": right, "bouncing address": bouncing}
    secrets |= {"local part": right.partition("@")[0], "bouncing": bouncing.partition("@")[0]}
    out, err = capfd.readouterr()
    everything = "\n".join([*log, out, err])
    assert "POST" in everything, "nothing was logged at all"
    assert all(secrets.values())
    found = {
        name: [line for line in everything.splitlines() if secret in line]
        for name, secret in secrets.items()
        if secret in everything
    }
    assert not found


@pytest.mark.in_process
def test_an_error_that_nobody_expected_is_logged_without_its_words(
    machine: LocalServer, applicant: Client, email: str, log: list[str]
) -> None:
    applicant.register(email)
    applicant.awaiting_code()
    registration = machine.services.registration
    real = registration.view

    def view(_: object) -> None:
        raise RuntimeError(f"the address is {email}")

    registration.view = cast(Any, view)
    try:
        answer = applicant.json("GET", "/api/v1/registrations/current")
        page = applicant.look("/register/code")
    finally:
        registration.view = real
    assert (answer.status, answer.problem) == (500, "internal")
    assert page.status == 500
    for text in (answer.text, page.text, *log):
        assert email not in text
    assert any("RuntimeError" in line for line in log)


def test_the_tables_hold_no_code_no_password_and_no_token(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    applicant.awaiting_code()
    code = machine.mailbox.to(email)[0].code or ""
    token = applicant.cookies["todoku_registration"]
    waiting = tables(machine)
    assert email in waiting, "this looks at the wrong tables"
    for secret in (f'"{code}"', f" {code} ", token):
        assert secret not in waiting
    applicant.verify(code)
    applicant.complete(PASSWORD)
    done = tables(machine)
    for secret in (
        PASSWORD,
        applicant.cookies["todoku_access"],
        applicant.cookies["todoku_refresh"],
        token,
    ):
        assert secret not in done


def tables(machine: LocalServer) -> str:
    """Every item of every table."""
    dynamodb = machine.clients("dynamodb")
    items = [
        item
        for name in dynamodb.list_tables()["TableNames"]
        for item in dynamodb.scan(TableName=name)["Items"]
    ]
    return json.dumps(items, default=str)


def test_the_mailed_code_stands_neither_in_the_subject_nor_in_sess_tags(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    mail = machine.wait_for_mail(email)[0]
    assert mail.code
    assert mail.code not in mail.subject
    assert mail.code not in mail.sender


def test_the_address_is_shown_whole_until_it_is_proven_and_masked_from_then_on(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    """A slip before the @ is seen only there, by who typed it."""
    asked = applicant.register(email)
    code = machine.wait_for_mail(email)[0].code
    assert asked.json["email"] == applicant.current()["email"] == email
    assert email in applicant.look("/register/code").text
    assert code
    verified = applicant.verify(code)
    local = email.partition("@")[0]
    for answer in (verified, applicant.json("GET", "/api/v1/registrations/current")):
        assert answer.json["email"] == f"{local[0]}***@gmail.com"
        assert local not in answer.text
    applicant.complete("correct horse 9")
    for answer in (applicant.look("/register/done"), applicant.look("/")):
        assert local not in answer.text
