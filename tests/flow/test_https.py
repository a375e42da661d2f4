"""As it is deployed: the gateway ends TLS, and applicants see the configured https address."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.server import LocalServer
from tests.flow.client import CURRENT, REGISTRATIONS, Answer, Client

OURS = "https://entry.example.lg.jp"
BOARD = "https://www.example.lg.jp"
PASSWORD = "three quiet herons"


@pytest.fixture(scope="module")
def running(service: Callable[..., LocalServer]) -> Iterator[LocalServer]:
    parameters = {
        "BaseUrl": OURS,
        "Origins": f"{BOARD},https://second.example.lg.jp",
        "PasswordLength": "12",
    }
    with service(transit=0.02, retry_after=0.2, parameters=parameters) as machine:
        yield machine


def test_cookies_are_secure_and_bound_to_the_host(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    asked = applicant.register(email)
    for cookie in asked.all("set-cookie"):
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie
        assert "; SameSite=Lax" in cookie
        assert "; Path=/;" in cookie
        assert "Domain" not in cookie
    code = machine.wait_for_mail(email)[0].code or ""
    assert applicant.verify(code).status == 200
    assert applicant.complete(PASSWORD).status == 201
    assert {"__Host-todoku_access", "__Host-todoku_refresh"} <= applicant.cookies.keys()
    assert applicant.json("GET", "/api/v1/session").status == 200


def test_a_cookie_without_the_prefix_is_not_seen(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    token = applicant.cookies.pop("__Host-todoku_registration")
    applicant.cookies = {"todoku_registration": token}
    assert applicant.json("GET", CURRENT).status == 404


def test_every_answer_insists_on_https(applicant: Client, email: str) -> None:
    for answer in (
        applicant.look("/"),
        applicant.register(email),
        applicant.json("GET", "/nothing"),
        applicant.json("PATCH", CURRENT),
        applicant.send("POST", REGISTRATIONS, "x" * 20_000),
    ):
        assert answer.header("strict-transport-security").startswith("max-age=")


def test_a_boards_own_form_may_call_with_credentials(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.headers = {"Origin": BOARD, "Sec-Fetch-Site": "same-site"}
    asked = applicant.register(email)
    assert asked.status == 202
    allowed(asked)
    allowed(applicant.json("GET", CURRENT))
    refused = applicant.verify("000000")
    assert refused.status == 422
    allowed(refused)
    allowed(applicant.json("PATCH", CURRENT))
    waits = applicant.send_again()
    assert waits.status == 429
    assert "Retry-After" in waits.header("access-control-expose-headers")


def test_a_preflight_of_a_configured_origin_is_answered(applicant: Client) -> None:
    asked = {
        "Origin": BOARD,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = applicant.send("OPTIONS", f"{CURRENT}/email", None, asked)
    assert answer.status == 204
    allowed(answer)
    assert "PUT" in answer.header("access-control-allow-methods")
    assert "content-type" in answer.header("access-control-allow-headers").lower()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://www.example.lg.jp",
        "https://www.example.lg.jp.evil.example",
        "https://xwww.example.lg.jp",
        "null",
    ],
)
def test_no_other_origin_may_read_or_change(applicant: Client, email: str, origin: str) -> None:
    for answer in (
        applicant.json("POST", REGISTRATIONS, {"email": email}, {"Origin": origin}),
        applicant.json("GET", CURRENT, None, {"Origin": origin}),
        applicant.send(
            "OPTIONS",
            REGISTRATIONS,
            None,
            {"Origin": origin, "Access-Control-Request-Method": "POST"},
        ),
    ):
        assert not answer.all("access-control-allow-origin")
        assert answer.status in (403, 404, 204)
    assert not applicant.cookies


def test_our_own_origin_is_the_configured_one_not_the_hosts(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    answer = applicant.json("POST", REGISTRATIONS, {"email": email}, {"Origin": machine.url})
    assert (answer.status, answer.problem) == (403, "foreign-origin")
    answer = applicant.json("POST", REGISTRATIONS, {"email": email}, {"Origin": OURS})
    assert answer.status == 202


def allowed(answer: Answer) -> None:
    """What lets a script of the board read the answer, and nobody else's."""
    assert answer.header("access-control-allow-origin") == BOARD
    assert answer.header("access-control-allow-credentials") == "true"
    assert "Origin" in answer.header("vary")


def test_the_length_of_passwords_that_was_chosen_is_told_and_kept(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    applicant.register(email)
    applicant.verify(machine.wait_for_mail(email)[0].code or "")
    assert "12 characters or more" in applicant.look("/register/password?lang=en").text
    short = applicant.complete("eleven lynx")
    assert short.problem == "password-refused"
    assert "12" in short.json["errors"][0]["detail"]
    assert applicant.complete("twelve lynxes").status == 201
