"""What stands in every answer, and what can stand in none."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.web.cookies import Cookie
from chalicelib.web.response import Response, html
from chalicelib.web.response import json as as_json
from tests.web.services import HTTP, RecordedServices
from tests.web.visitor import CURRENT, REGISTRATIONS, Visitor, answering


class Unserialisable:
    """Nothing a handler may answer."""


@pytest.mark.parametrize(
    "answer",
    [
        lambda v: v.ask("GET", "/api/v1/health"),
        lambda v: v.ask("GET", "/nowhere"),
        lambda v: v.ask("PATCH", CURRENT),
        lambda v: v.ask("POST", REGISTRATIONS, body="x" * 20_000),
        lambda v: v.json("POST", REGISTRATIONS, {"email": "a@b"}),
        lambda v: v.form(REGISTRATIONS, {"email": "a@b"}),
        lambda v: v.form(REGISTRATIONS, {}),
        lambda v: v.send("no event"),
        lambda v: v.ask("OPTIONS", CURRENT),
        lambda v: v.ask("HEAD", CURRENT),
    ],
)
def test_every_answer_has_the_headers_of_every_answer(answer: Any) -> None:
    headers = answer(Visitor()).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


def test_plain_http_promises_no_https() -> None:
    answer = Visitor(RecordedServices(config=HTTP)).ask("GET", "/api/v1/health")
    assert "strict-transport-security" not in answer.headers


def test_what_a_handler_says_about_caching_stands() -> None:
    kept = Response(200, "x", "text/css", headers={"Cache-Control": "public, max-age=9"})
    assert answering(kept).ask("GET", "/thing").headers["cache-control"] == "public, max-age=9"


@pytest.mark.parametrize(
    "answered",
    [
        html("<p>"),
        as_json({"a": 1}),
        Response(200, "x{}", "text/css"),
        Response(200, "let x", "text/javascript"),
        Response(204),
    ],
    ids=["html", "json", "css", "script", "nothing"],
)
def test_an_answer_without_a_policy_of_its_own_may_load_nothing(answered: Response) -> None:
    answer = answering(answered).ask("GET", "/thing")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    own = answering(html("<p>", headers={"Content-Security-Policy": "default-src 'self'"}))
    assert own.ask("GET", "/thing").headers["content-security-policy"] == "default-src 'self'"


def test_what_somebody_typed_stays_a_text_in_json() -> None:
    """Quotes end no string, and no browser reads the answer as a page."""
    typed = '"</script><img src=x onerror=alert(1)>", "admin": "\u2028\\'
    answer = answering(as_json({"email": typed})).ask("GET", "/thing")
    assert answer.json == {"email": typed}
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "reply",
    [
        Unserialisable(),
        None,
        Response(200, b"bytes"),  # type: ignore[arg-type]
        Response(200, "\ud800"),
    ],
)
def test_what_cannot_be_sent_is_500(reply: Any) -> None:
    answer = answering(reply).ask("GET", "/thing")
    assert (answer.status, answer.problem) == (500, "internal")


@pytest.mark.parametrize(
    "headers",
    [
        {"Location": "/a\r\nSet-Cookie: x=y"},
        {"Location": "/a\nX: y"},
        {"Location": "/a\rX: y"},
        {"Location": "/a\x00"},
        {"Location": "/あ"},
        {"X-Thing\r\nX": "y"},
        {"X Thing": "y"},
        {"X-Thing": 1},
        {"X-Thing": ["a", "b\r\nX: y"]},
    ],
)
def test_no_header_is_injected(headers: Any) -> None:
    answer = answering(Response(303, "", headers=headers)).ask("GET", "/thing")
    assert (answer.status, answer.problem) == (500, "internal")
    assert "location" not in answer.headers
    assert answer.cookies == []


def test_no_cookie_is_injected() -> None:
    reply = Response(200, "{}", cookies=(Cookie("todoku_access", "a\r\nX: y"),))
    assert answering(reply).ask("GET", "/thing").problem == "internal"
