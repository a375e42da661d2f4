"""Whatever arrives, a proper answer leaves."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalice.app import BadRequestError, NotFoundError
from chalice.app import Response as ChaliceResponse

from chalicelib.config import ConfigError
from chalicelib.errors import Invalid, InvalidField, TodokuError
from chalicelib.factory import Services
from chalicelib.web import log
from chalicelib.web.app import METHODS
from chalicelib.web.app import TodokuApp as App
from chalicelib.web.errors import CrossSiteFetch
from chalicelib.web.request import Request
from chalicelib.web.response import Response
from chalicelib.web.response import json as as_json
from tests.web.services import HTTPS, RecordedServices, every_error
from tests.web.visitor import CURRENT, REGISTRATIONS, Visitor, answering, event, serving

SECRET = "taro@gmail.com 123456 hunter2"


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What is logged, each line parsed: it must be one line of JSON."""
    found: list[dict[str, Any]] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = record.getMessage()
            assert "\n" not in text
            assert record.exc_info is None
            found.append(json.loads(text))

    collector = Collector()
    logging.getLogger(log.NAME).addHandler(collector)
    yield found
    logging.getLogger(log.NAME).removeHandler(collector)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_is_not_served_is_405(method: str) -> None:
    answer = answering(as_json(1)).ask(method, "/thing")
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert answer.json["allow"] == ["GET", "HEAD", "POST", "OPTIONS"]


@pytest.mark.parametrize("path", [REGISTRATIONS, f"{CURRENT}/code", f"{CURRENT}/email"])
@pytest.mark.parametrize("method", METHODS)
def test_no_method_reaches_a_handler_that_is_not_its_own(path: str, method: str) -> None:
    own = {"PUT"} if path.endswith("email") else {"POST"}
    visitor = Visitor()
    answer = visitor.json(method, path, {"email": "a"})
    if method not in own:
        assert answer.status == (204 if method == "OPTIONS" else 405)
        assert visitor.service.asked == []
        assert answer.headers["allow"] == f"{own.pop()}, OPTIONS"


def test_a_method_that_is_not_served_is_405_whatever_else_is_wrong() -> None:
    headers = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    assert Visitor().ask("PATCH", CURRENT, headers=headers, body="x" * 20_000).status == 405


@pytest.mark.parametrize("body", ["x" * 20_000, "{", "x=1&x=2"])
def test_what_a_get_has_for_a_body_means_nothing(body: str) -> None:
    headers = {"Content-Type": "text/plain"}
    assert Visitor().ask("GET", "/api/v1/health", headers=headers, body=body).status == 200


def test_a_form_that_names_no_method_where_only_put_is_served_is_405() -> None:
    assert Visitor().form(f"{CURRENT}/email", {"email": "a"}).status == 405


def test_every_path_declares_every_method_to_the_gateway() -> None:
    app = Visitor().app
    assert {path: set(methods) for path, methods in app.routes.items()} == {
        path: set(METHODS) for path in app.routes
    }


def test_head_is_get_without_a_body() -> None:
    visitor = Visitor()
    asked = visitor.ask("HEAD", "/api/v1/health")
    same = visitor.ask("GET", "/api/v1/health")
    assert (asked.status, asked.headers) == (same.status, same.headers)
    assert (asked.body, same.body != "") == ("", True)


def test_head_of_a_problem_has_no_body_either() -> None:
    answer = Visitor().ask("HEAD", CURRENT)
    assert (answer.status, answer.body) == (404, "")


def test_options_says_what_is_served() -> None:
    answer = answering(as_json(1)).ask("OPTIONS", "/thing")
    assert (answer.status, answer.body) == (204, "")
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_unknown_path_is_404(accept: str) -> None:
    visitor = Visitor()
    answer = visitor.ask("GET", "/nowhere", headers={"Accept": accept})
    assert answer.status == 404
    assert answer.headers["content-type"].startswith(
        "text/html" if accept == "text/html" else "application/problem+json"
    )


def test_unknown_paths_leave_nothing_behind() -> None:
    visitor = Visitor()
    before = len(visitor.app.routes)
    for n in range(10):
        visitor.ask("GET", f"/nowhere/{n}")
    assert len(visitor.app.routes) == before


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "get", ""])
def test_a_method_nobody_uses_is_405(method: str) -> None:
    answer = Visitor().ask(method, CURRENT)
    assert (answer.status, answer.problem) == (405, "method-not-allowed")


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_what_a_handler_refuses_is_a_problem(error: TodokuError) -> None:
    answer = answering(error).ask("GET", "/thing")
    assert answer.problem != "internal"


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_and_a_page_for_who_wants_one(error: TodokuError) -> None:
    plain = answering(error).ask("GET", "/thing")
    answer = answering(error).ask("GET", "/thing", headers={"Accept": "text/html"})
    assert answer.status == plain.status
    # A script of another site gets its reason as JSON, whatever it says it takes.
    is_page = not isinstance(error, CrossSiteFetch)
    assert answer.headers["content-type"].startswith("text/html") is is_page
    assert answer.headers.get("retry-after") == plain.headers.get("retry-after")


@pytest.mark.parametrize("error", [KeyError(SECRET), RecursionError(SECRET), ValueError(SECRET)])
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_what_nobody_expected_is_500_and_tells_nothing(
    error: Exception, accept: str, lines: list[dict[str, Any]]
) -> None:
    answer = answering(error).ask("GET", "/thing", headers={"Accept": accept})
    assert answer.status == 500
    assert SECRET not in answer.body
    assert type(error).__name__ not in answer.body
    assert SECRET not in json.dumps(lines)
    failure = next(line for line in lines if "failure" in line)
    assert failure["failure"][0]["error"] == type(error).__name__
    assert any("handler" in frame for frame in failure["failure"][0]["at"])


def test_causes_are_logged_in_their_order(lines: list[dict[str, Any]]) -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise ValueError(SECRET) from cause
    except ValueError as error:
        answering(error).ask("GET", "/thing")
    assert [cause["error"] for cause in lines[0]["failure"]] == ["ValueError", "KeyError"]


def test_when_nothing_can_be_read_the_answer_is_still_a_problem() -> None:
    def broken() -> Services:
        raise ConfigError("TODOKU_PEPPER is not set")

    app = App(broken)
    app.include(serving(GET=lambda services, request: as_json(1)))
    answer = app(event("GET", "/thing"), None)
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["type"] == "/problems/internal"
    assert answer["headers"]["Strict-Transport-Security"]
    assert "PEPPER" not in answer["body"]


def test_a_page_that_cannot_be_rendered_is_told_bare(lines: list[dict[str, Any]]) -> None:
    nameless = RecordedServices(config=replace(HTTPS, service_name={}))
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    answer = Visitor(nameless).ask("GET", "/nowhere", headers=headers, stage="/dev")
    assert answer.status == 404
    assert answer.body.startswith('<!doctype html><html lang="en">')
    assert '<a href="/dev/">' in answer.body
    assert answer.headers["content-security-policy"]
    assert "failure" in lines[0]


def test_a_view_of_chalices_own_is_reshaped_as_well(lines: list[dict[str, Any]]) -> None:
    app = App(RecordedServices)

    @app.route("/bad")
    def bad() -> None:
        raise BadRequestError(SECRET)

    @app.route("/gone")
    def gone() -> None:
        raise NotFoundError(SECRET)

    @app.route("/typed", methods=["POST"])
    def typed() -> dict[str, str]:
        return {"a": "b"}

    @app.route("/odd")
    def odd() -> ChaliceResponse:
        return ChaliceResponse({1, 2})

    def ask(method: str, path: str, **more: Any) -> tuple[int, str]:
        answer = app(event(method, path, **more), None)
        assert SECRET not in answer["body"]
        return answer["statusCode"], json.loads(answer["body"]).get("type", "").rpartition("/")[2]

    assert ask("GET", "/bad") == (400, "malformed")
    assert ask("GET", "/gone") == (404, "not-found")
    assert ask("GET", "/odd") == (500, "internal")
    assert ask("GET", "/typed") == (405, "method-not-allowed")
    assert ask("POST", "/typed", headers={"Content-Type": "text/plain"}) == (
        415,
        "unsupported-media-type",
    )
    assert ask("POST", "/typed") == (200, "")


def test_a_request_is_one_line_without_anything_personal(lines: list[dict[str, Any]]) -> None:
    visitor = Visitor()
    visitor.ask(
        "GET",
        "/assets/taro@gmail.com",
        route="/assets/{name}",
        parameters={"name": "taro@gmail.com"},
        query={"email": "taro@gmail.com"},
    )
    visitor.json("POST", f"{CURRENT}/verification", {"code": "123456"}, query={"q": "secret"})
    unknown, known = lines
    assert known.pop("ms") >= 0
    assert known == {
        "level": "INFO",
        "method": "POST",
        "route": f"{CURRENT}/verification",
        "status": 200,
        "id": "request-1",
    }
    assert unknown["route"] == "unknown"
    for secret in ("taro", "203.0.113.9", "123456", "secret"):
        assert secret not in json.dumps(lines)


def test_a_method_of_somebodys_own_is_not_logged(lines: list[dict[str, Any]]) -> None:
    Visitor().ask("taro@gmail.com", CURRENT)
    assert lines[-1]["method"] == "other"


def test_each_thread_has_its_own_request() -> None:
    together = threading.Barrier(2, timeout=10)

    def handler(services: Services, request: Request) -> Response:
        together.wait()
        assert app.current_request is not None
        mine = app.current_request.to_original_event()["queryStringParameters"]["n"]
        return as_json([request.query["n"], mine, app.lambda_context])

    app = App(RecordedServices)
    app.include(serving(GET=handler))
    answers: dict[str, Any] = {}

    def ask(n: str) -> None:
        answers[n] = json.loads(app(event("GET", "/thing", query={"n": n}), f"context {n}")["body"])

    threads = [threading.Thread(target=ask, args=(n,)) for n in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert answers == {n: [n, n, f"context {n}"] for n in "ab"}


def test_refusals_are_in_the_language_asked_for() -> None:
    error = Invalid(InvalidField("email", "empty"))
    visitor = answering(error)
    bodies = {
        visitor.ask("GET", "/thing", headers={"Accept-Language": language}).body
        for language in ("en", "ja", "ja-easy")
    }
    assert len(bodies) >= 1
    service = RecordedServices(state=None)
    assert Visitor(service).ask("GET", CURRENT, query={"lang": "en"}).json["title"] == (
        "There is no registration on this device"
    )


def test_an_answer_is_sent_whatever_its_media_type() -> None:
    # Chalice would refuse a binary type (400) to who does not name one in Accept.
    answer = answering(Response(200, "<svg/>", "image/png")).ask("GET", "/thing")
    assert (answer.status, answer.body) == (200, "<svg/>")
