"""Whether an address has an account shows nowhere but in its own mailbox."""

from __future__ import annotations

import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from local.server import LocalServer
from tests.flow.client import Answer, Client, other, until

PASSWORD = "three quiet herons"
Addresses = Callable[..., str]


@pytest.fixture
def known(
    machine: LocalServer,
    client: Callable[..., Client],
    address: Addresses,
    ahead: Callable[[float], None],
) -> Callable[[], str]:
    """Addresses that have an account, made long enough ago that no limit remembers it."""

    def fresh(domain: str = "gmail.com") -> str:
        email, owner = address(domain), client()
        owner.register(email)
        code = machine.wait_for_mail(email)[0].code
        assert code
        owner.verify(code)
        assert owner.complete(PASSWORD).status == 201
        return email

    return fresh


def settled(applicant: Client, calls: Callable[[], Any]) -> None:
    """Once everything that follows from a registration has been done."""
    quiet = 0

    def still() -> bool:
        nonlocal quiet
        quiet = 0 if calls() else quiet + 1
        return quiet > 8

    until(still, "the local AWS side never came to rest")


def shape(value: Any) -> Any:
    """Keys, kinds and words of JSON; what is drawn at random or a time is made alike."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items() if key != "retry_after"}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, str):
        return re.sub("[0-9A-Z]", "x", value.rpartition("@")[2])
    return value


def outside(answer: Answer) -> tuple[int, list[tuple[str, str]]]:
    """Status and headers; what is drawn at random in them, and the date, made alike."""
    headers = []
    for name, value in answer.headers:
        if name == "date" or (name == "retry-after" and int(value) <= 60):
            value = "soon"
        if name == "set-cookie":
            value = re.sub("=[^;]+", f"={len(value)} long", value, count=1)
        headers.append((name, value))
    return answer.status, headers


def test_answers_are_alike_from_asking_to_a_wrong_code(
    machine: LocalServer, client: Callable[..., Client], address: Addresses, known: Addresses
) -> None:
    def way(email: str, mails: int) -> list[tuple[Any, Any]]:
        applicant = client()
        told = []

        def tell(answer: Answer) -> Answer:
            told.append((outside(answer), shape(answer.json) if answer.body else None))
            return answer

        asked = tell(applicant.register(email, locale="en"))
        assert asked.status == 202
        machine.wait_for_mail(email, mails)
        applicant.awaiting_code()
        tell(applicant.json("GET", "/api/v1/registrations/current"))
        tell(applicant.send_again())
        tell(applicant.register(email, locale="en"))
        for _ in range(6):
            tell(applicant.verify("000000"))
        tell(applicant.cancel())
        return told

    unknown_email, known_email = address(), known()
    machine.put_forward(61)
    unknown, has_account = way(unknown_email, 1), way(known_email, 2)
    assert len(unknown) == 11
    for one, another in zip(unknown, has_account, strict=True):
        assert one == another


def test_pages_are_alike(
    machine: LocalServer, client: Callable[..., Client], address: Addresses, known: Addresses
) -> None:
    def page(email: str, mails: int) -> str:
        applicant = client()
        applicant.register(email, locale="en")
        machine.wait_for_mail(email, mails)
        seen = applicant.awaiting_code()
        text = applicant.look("/register/code").page.text
        for word in (seen["reference"], seen["label"], seen["email"]):
            text = text.replace(word, "…")
        return re.sub(r"[0-9]+", "…", text)

    unknown_email, known_email = address(), known()
    machine.put_forward(61)
    assert page(unknown_email, 1) == page(known_email, 2)


def test_the_same_calls_are_made(
    machine: LocalServer,
    client: Callable[..., Client],
    address: Addresses,
    known: Addresses,
    calls: Callable[[], Counter[str]],
) -> None:
    def one(email: str) -> tuple[Counter[str], Counter[str], Counter[str]]:
        applicant = client()
        calls()
        collected: list[Counter[str]] = []

        def collect() -> Counter[str]:
            now = calls()
            collected.append(now)
            return now

        applicant.register(email)
        settled(applicant, collect)
        asked = sum(collected, Counter())
        applicant.verify("000000")
        tried = calls()
        applicant.current()
        return asked, tried, calls()

    unknown = [address() for _ in range(2)]
    having = [known() for _ in range(2)]
    machine.put_forward(61)
    # SES's events race with our own word that it has the mail: without them nothing is chance
    # but two writers of one record who meet.
    operator = client()
    operator.json("PUT", "/local/providers", {"provider": "google", "behaviour": "silent"})
    rounds = [(one(u), one(k)) for u, k in zip(unknown, having, strict=True)]
    for step in range(3):
        # Who loses such a race reads and writes again: the fewest count.
        of_unknown = fewest([u[step] for u, _ in rounds])
        of_known = fewest([k[step] for _, k in rounds])
        assert of_unknown == of_known
    asked = fewest([u[0] for u, _ in rounds])
    cognito = "AWSCognitoIdentityProviderService"
    assert {name: n for name, n in asked.items() if cognito in name} == {
        f"{cognito}.AdminGetUser": 1,
        f"{cognito}.SignUp": 1,
    }
    assert asked["POST /v2/email/outbound-emails"] == 1
    tried = fewest([u[1] for u, _ in rounds])
    assert tried[f"{cognito}.ConfirmSignUp"] == 1


def fewest(counts: list[Counter[str]]) -> Counter[str]:
    """Of each operation the smallest count."""
    least = counts[0]
    for each in counts[1:]:
        least &= each
    return least


def test_the_request_itself_asks_neither_cognito_nor_ses_nor_kms(
    machine: LocalServer,
    applicant: Client,
    address: Addresses,
    calls: Callable[[], Counter[str]],
) -> None:
    machine.switches.set(cognito_ms=3000, ses_ms=3000, kms_ms=3000, dns_fail=True)
    calls()
    started = time.monotonic()
    assert applicant.register(address()).status == 202
    assert time.monotonic() - started < 2, "the answer waited for another service"
    asked = {name.partition(".")[0].partition("_")[0] for name in calls()}
    assert asked == {"DynamoDB", "AmazonSQS"}


def test_only_the_mails_text_differs(
    machine: LocalServer, client: Callable[..., Client], address: Addresses, known: Addresses
) -> None:
    unknown_email, known_email = address(), known()
    machine.put_forward(61)
    for email in (unknown_email, known_email):
        applicant = client()
        applicant.register(email, locale="en")
        applicant.awaiting_code()
    with_code = machine.mailbox.to(unknown_email)[0]
    for_owner = machine.mailbox.to(known_email)[0]
    assert with_code.code
    assert for_owner.code is None
    assert "already has an account" in for_owner.text
    assert "http" not in for_owner.text
    assert with_code.sender == for_owner.sender
    assert with_code.route == for_owner.route


def test_wrong_codes_take_the_same_time(
    machine: LocalServer, client: Callable[..., Client], address: Addresses, known: Addresses
) -> None:
    def waiting(email: str) -> Client:
        applicant = client()
        applicant.register(email)
        applicant.awaiting_code()
        return applicant

    unknown_email, known_email = address(), known()
    machine.put_forward(61)
    pairs = (waiting(unknown_email), waiting(known_email))
    machine.switches.set(cognito_ms=300)
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(5):
        for applicant, taken in zip(pairs, seconds, strict=True):
            started = time.monotonic()
            assert applicant.verify("000000").status == 422
            taken.append(time.monotonic() - started)
    unknown, having = (statistics.median(taken) for taken in seconds)
    assert min(unknown, having) > 0.3, "the switch slows nothing"
    assert abs(unknown - having) < 0.15, "one of them asks Cognito once more"


def test_the_owners_account_is_untouched_by_somebody_elses_registration(
    machine: LocalServer, client: Callable[..., Client], known: Addresses
) -> None:
    email = known()
    machine.put_forward(61)
    stranger = client()
    stranger.register(email)
    stranger.awaiting_code()
    for _ in range(5):
        stranger.verify(other("000000"))
    stranger.cancel()
    cognito = machine.clients("cognito-idp")
    pool = machine.stack.ref("UserPool")
    until(
        lambda: (
            [
                user["UserStatus"]
                for user in cognito.list_users(UserPoolId=pool)["Users"]
                if {"Name": "email", "Value": email} in user["Attributes"]
            ]
            == ["CONFIRMED"]
        )
    )
