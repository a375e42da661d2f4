"""What needs no mail: the service answers, speaks three languages, refuses as problems."""

from __future__ import annotations

import pytest

from tests.endtoend.target import Target
from tests.flow.client import REGISTRATIONS, Answer, Client


def guarded(answer: Answer) -> Answer:
    """The answer, once it is sure that it has what every answer has, the gateway's own too."""
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "same-origin"
    assert answer.header("strict-transport-security").startswith("max-age=")
    return answer


def test_health_names_the_build(visitor: Client) -> None:
    answer = guarded(visitor.json("GET", "/api/v1/health"))
    assert answer.status == 200
    assert answer.json["status"] == "ok"
    assert answer.json["build"]


@pytest.mark.parametrize(
    ("locale", "language", "words"),
    [("ja", "ja", "登録"), ("ja-easy", "ja", "登録"), ("en", "en", "Register")],
    ids=["ja", "ja-easy", "en"],
)
def test_the_first_page_speaks_each_language_and_leads_on(
    target: Target, visitor: Client, locale: str, language: str, words: str
) -> None:
    answer = guarded(visitor.look(f"{target.prefix}/?lang={locale}"))
    assert answer.status == 200
    assert answer.page.language.partition("-")[0] == language
    assert words in answer.page.text
    assert f"{target.prefix}/register" in answer.page.links
    assert visitor.cookies["__Host-lang"] == locale


def test_a_page_is_compressed_when_asked(target: Target, visitor: Client) -> None:
    answer = visitor.send("GET", f"{target.prefix}/register", None, {"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert answer.header("content-encoding") == "gzip"


def test_what_nobody_declared_is_a_problem(target: Target, visitor: Client) -> None:
    path = guarded(visitor.json("GET", "/api/v1/nothing"))
    assert (path.status, path.problem) == (404, "not-found")
    method = guarded(visitor.json("PATCH", REGISTRATIONS))
    assert (method.status, method.problem) == (405, "method-not-allowed")
    odd = guarded(visitor.json("PROPFIND", REGISTRATIONS))
    assert odd.status in (404, 405)
    assert odd.problem in ("not-found", "method-not-allowed")


def test_too_large_a_body_is_a_problem(target: Target, visitor: Client) -> None:
    answer = guarded(visitor.json("POST", REGISTRATIONS, {"email": "x" * 17_000}))
    assert (answer.status, answer.problem) == (413, "too-large")


def test_a_form_from_elsewhere_is_refused(target: Target, visitor: Client) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    answer = guarded(visitor.json("POST", REGISTRATIONS, {"email": ""}, headers))
    assert (answer.status, answer.problem) == (403, "foreign-origin")
    assert not visitor.cookies
