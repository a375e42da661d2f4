"""Who may change something, and whose scripts may read the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.web.response import html
from tests.web.services import HTTP, HTTPS, RecordedServices
from tests.web.visitor import CURRENT, REGISTRATIONS, Answer, Visitor, serving

OURS = "https://entry.example.lg.jp"
BOARD = "https://form.example.lg.jp"

PASSES = [
    ({}, True),
    ({"Origin": OURS}, True),
    ({"Origin": OURS.upper()}, True),
    ({"Origin": OURS, "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": BOARD, "Sec-Fetch-Site": "same-site"}, True),
    ({"Origin": BOARD, "Sec-Fetch-Site": "cross-site"}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ({"Origin": "http://entry.example.lg.jp"}, False),
    ({"Origin": f"{OURS}:8443"}, False),
    ({"Origin": f"{OURS}.evil.example"}, False),
    ({"Origin": "https://sub.entry.example.lg.jp"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "https://evil.example", "Host": "evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "null", "Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "Cross-Site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": " Same-Site "}, False),
    ({"Sec-Fetch-Site": "same-site", "Referer": f"{BOARD}/form?x=1"}, True),
    ({"Sec-Fetch-Site": "cross-site", "Referer": f"{BOARD}/"}, True),
    ({"Sec-Fetch-Site": "same-site", "Referer": "https://evil.lg.jp/"}, False),
    ({"Sec-Fetch-Site": "same-site", "Referer": f"{BOARD}.evil.example/"}, False),
    ({"Sec-Fetch-Site": "same-site", "Referer": f"https://a@{BOARD[8:]}/"}, False),
    ({"Sec-Fetch-Site": "same-site", "Referer": "nonsense"}, False),
    ({"Sec-Fetch-Site": "same-site", "Referer": "http://[half"}, False),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
]


ELSEWHERE = "https://www.board.example"
"""Configured, and another site than ours."""
NAVIGATES = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
FETCHES = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
BLIND = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}


def configured() -> Visitor:
    return Visitor(RecordedServices(config=replace(HTTPS, origins=(BOARD, ELSEWHERE))))


def post(visitor: Visitor, headers: dict[str, str]) -> Answer:
    return visitor.json("POST", REGISTRATIONS, {"email": "taro@gmail.com"}, headers=headers)


@pytest.mark.parametrize(("headers", "passes"), PASSES)
def test_a_change_must_come_from_our_site_or_a_configured_one(
    headers: dict[str, str], passes: bool
) -> None:
    visitor = Visitor()
    answer = post(visitor, headers)
    if passes:
        assert answer.status == 202
    else:
        assert (answer.status, answer.problem) == (403, "foreign-origin")
        assert visitor.service.asked == []


@pytest.mark.parametrize("path", [REGISTRATIONS, f"{CURRENT}/code", f"{CURRENT}/verification"])
@pytest.mark.parametrize("browser", [FETCHES, BLIND, {}], ids=["fetch", "no-cors", "old"])
def test_a_script_of_another_site_changes_nothing_even_where_it_is_configured(
    path: str, browser: dict[str, str]
) -> None:
    visitor = configured()
    answer = visitor.json("POST", path, {}, headers={"Origin": ELSEWHERE, **browser})
    assert (answer.status, answer.problem) == (403, "cross-site-fetch")
    assert "plain HTML form" in visitor_detail(visitor, path, browser)
    assert answer.headers["access-control-allow-origin"] == ELSEWHERE, "it may read why"
    assert visitor.service.asked == []


def visitor_detail(visitor: Visitor, path: str, browser: dict[str, str]) -> str:
    english = {"Origin": ELSEWHERE, "Accept-Language": "en", **browser}
    return str(visitor.json("POST", path, {}, headers=english).json["detail"])


def test_a_script_is_told_so_by_a_problem_whatever_it_sends() -> None:
    headers = {"Origin": ELSEWHERE, "Accept": "*/*", **FETCHES}
    answer = configured().form(REGISTRATIONS, {"email": "taro@gmail.com"}, headers=headers)
    assert (answer.status, answer.problem) == (403, "cross-site-fetch")


@pytest.mark.parametrize("browser", [NAVIGATES, {}], ids=["today's", "old"])
def test_a_plain_form_of_another_site_passes_and_its_page_looks_for_the_cookie(
    browser: dict[str, str],
) -> None:
    headers = {"Origin": ELSEWHERE, **browser}
    fields = {"email": "taro@gmail.com"}
    answer = configured().form(REGISTRATIONS, fields, token="", headers=headers)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/register/code?begun=")


@pytest.mark.parametrize("browser", [{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, {}])
def test_a_script_of_the_same_site_passes(browser: dict[str, str]) -> None:
    assert post(configured(), {"Origin": BOARD, **browser}).status == 202


def test_without_an_origin_the_referrer_tells_the_site() -> None:
    sent = {"Referer": f"{ELSEWHERE}/form", **FETCHES}
    assert post(configured(), sent).problem == "cross-site-fetch"
    sent = {"Referer": f"{ELSEWHERE}/form", **NAVIGATES}
    assert configured().form(REGISTRATIONS, {"email": "taro@gmail.com"}, headers=sent).status == 303


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{CURRENT}/code"),
        ("PUT", f"{CURRENT}/email"),
        ("POST", f"{CURRENT}/verification"),
        ("POST", f"{CURRENT}/account"),
        ("DELETE", CURRENT),
        ("DELETE", "/api/v1/session"),
    ],
)
def test_every_change_is_guarded(method: str, path: str) -> None:
    visitor = Visitor()
    assert visitor.json(method, path, {}, headers={"Origin": "null"}).problem == "foreign-origin"
    assert visitor.service.asked == []


def test_a_form_cannot_evade_the_guard_by_naming_another_method() -> None:
    visitor = Visitor()
    answer = visitor.form(
        CURRENT, {"_method": "DELETE"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status == 403
    assert "cancel" not in {name for name, _ in visitor.service.asked}


def test_looking_is_free() -> None:
    assert Visitor().json("GET", CURRENT, headers={"Origin": "https://evil.example"}).status == 200


def test_without_configuration_no_other_site_is_allowed() -> None:
    visitor = Visitor(RecordedServices(config=replace(HTTPS, origins=())))
    assert post(visitor, {"Origin": BOARD}).problem == "foreign-origin"


def test_null_cannot_be_configured() -> None:
    visitor = Visitor(RecordedServices(config=replace(HTTPS, origins=("null",))))
    answer = post(visitor, {"Origin": "null"})
    assert answer.problem == "foreign-origin"
    assert "access-control-allow-origin" not in answer.headers


def test_on_one_machine_its_own_address_is_the_origin() -> None:
    visitor = Visitor(RecordedServices(config=HTTP))
    assert post(visitor, {"Origin": "http://127.0.0.1:8000"}).status == 202
    assert post(visitor, {"Origin": "http://127.0.0.1:8001"}).status == 403


def test_a_configured_sites_scripts_may_read_the_answer() -> None:
    answer = post(Visitor(), {"Origin": BOARD})
    assert answer.headers["access-control-allow-origin"] == BOARD
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", [OURS, "https://evil.example", "null", None])
def test_others_may_not(origin: str | None) -> None:
    answer = Visitor().json("GET", CURRENT, headers={"Origin": origin} if origin else {})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    ("body", "status"), [('{"email": 1}', 422), ("{", 400), ("x" * 20_000, 413)]
)
def test_a_configured_sites_scripts_may_read_refusals(body: str, status: int) -> None:
    headers = {"Origin": BOARD, "Content-Type": "application/json"}
    answer = Visitor().ask("POST", REGISTRATIONS, headers=headers, body=body)
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == BOARD


def preflight(origin: str, path: str = f"{CURRENT}/email") -> Answer:
    headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    return Visitor().ask("OPTIONS", path, headers=headers)


def test_a_configured_sites_preflight_is_granted() -> None:
    answer = preflight(BOARD)
    assert (answer.status, answer.body) == (204, "")
    assert answer.headers["access-control-allow-origin"] == BOARD
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-allow-methods"] == "PUT, OPTIONS"
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]


def test_options_that_is_no_preflight_gets_no_grant() -> None:
    answer = Visitor().ask("OPTIONS", CURRENT, headers={"Origin": BOARD})
    assert "access-control-allow-methods" not in answer.headers


@pytest.mark.parametrize("origin", [OURS, "https://evil.example", "null"])
def test_anothers_preflight_is_answered_without_a_grant(origin: str) -> None:
    answer = preflight(origin)
    assert answer.status == 204
    assert answer.headers["allow"] == "PUT, OPTIONS"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_pages_are_for_no_other_sites_scripts() -> None:
    visitor = Visitor(routes=[serving(GET=lambda services, request: html("<p>"))])
    answer = visitor.ask("GET", "/thing", headers={"Origin": BOARD})
    assert "access-control-allow-origin" not in answer.headers
