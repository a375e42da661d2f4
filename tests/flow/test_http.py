"""What HTTP itself promises: paths, methods, origins, cookies, and headers of every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.server import LocalServer
from tests.flow.client import (
    ACCOUNT,
    CODE,
    CURRENT,
    EMAIL,
    REGISTRATIONS,
    SESSION,
    VERIFICATION,
    Answer,
    Client,
)

SERVED = {
    REGISTRATIONS: {"POST"},
    CURRENT: {"GET", "DELETE"},
    CODE: {"POST"},
    EMAIL: {"PUT"},
    VERIFICATION: {"POST"},
    ACCOUNT: {"POST"},
    SESSION: {"GET", "DELETE"},
    "/api/v1/health": {"GET"},
    "/api/v1/openapi.json": {"GET"},
    "/": {"GET"},
    "/register": {"GET"},
    "/register/code": {"GET"},
    "/register/code/help": {"GET"},
    "/register/password": {"GET"},
    "/register/done": {"GET"},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def guarded(answer: Answer) -> Answer:
    """The answer, once it is sure that it has what every answer has."""
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "same-origin"
    kinds = answer.all("content-type")
    assert kinds or answer.status == 204
    if kinds and kinds[0].startswith("text/html"):
        policy = answer.header("content-security-policy")
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    return answer


@pytest.mark.parametrize("path", SERVED)
def test_every_method_of_every_path_has_a_proper_answer(applicant: Client, path: str) -> None:
    for method in METHODS:
        answer = guarded(applicant.send(method, path, None, {"Accept": "application/json"}))
        if method in SERVED[path]:
            assert answer.status not in (403, 405, 500), (method, answer)
        elif method == "POST" and SERVED[path] & {"PUT", "DELETE"}:
            assert answer.status == 405
        else:
            assert (answer.status, answer.problem) == (405, "method-not-allowed")
            allowed = set(answer.header("allow").split(", "))
            assert SERVED[path] <= allowed
            assert method not in allowed


@pytest.mark.parametrize("path", SERVED)
def test_options_says_what_is_allowed_and_head_has_no_body(applicant: Client, path: str) -> None:
    options = guarded(applicant.send("OPTIONS", path))
    assert options.status == 204
    assert not options.body
    allowed = set(options.header("allow").split(", "))
    head = {"HEAD"} if "GET" in SERVED[path] else set()
    assert allowed == SERVED[path] | {"OPTIONS"} | head
    if "GET" in SERVED[path]:
        got, headed = applicant.send("GET", path), guarded(applicant.send("HEAD", path))
        assert headed.status == got.status
        assert headed.header("content-type") == got.header("content-type")
        assert not headed.body


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/registrations",
        "/api/v1/registrations/",
        "/api/v1/registrations/7Q4K2M9X8T",
        "/api/v1/registrations/current/nothing",
        "/register//code",
        "/..%2f..%2fetc/passwd",
        "/assets/..%2f..%2fconfig.py",
        "/assets/nothing.js",
        "/operations",
        "/%00",
    ],
)
def test_an_unknown_path_is_a_problem_too(applicant: Client, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = applicant.send(method, path)
        guarded(answer)
        if path.startswith("/assets/") and method != "GET":
            assert answer.status == 405
        else:
            assert (answer.status, answer.problem) == (404, "not-found"), method


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "ページが見つかりません"), ("ja-easy", "ページ"), ("en", "There is no such page")],
)
def test_an_unknown_path_is_a_page_in_the_visitors_language(
    applicant: Client, language: str, words: str
) -> None:
    for path in ("/nothing", "//elsewhere.example/x", "/register//code", "/api/v1/nothing"):
        answer = guarded(applicant.look(f"{path}?lang={language}"))
        assert (answer.status, answer.header("content-type")) == (404, "text/html; charset=utf-8")
        assert words in answer.text
        assert f'lang="{language[:2]}"' in answer.text
        for link in answer.page.links:
            here = link.startswith("/") and not link.startswith("//")
            assert here or link.startswith(("#", "tel:"))


def test_a_slash_too_many_leads_to_the_page(applicant: Client) -> None:
    for path in ("/register/", "/register/code//"):
        answer = guarded(applicant.look(f"{path}?lang=en"))
        assert answer.status == 308
        assert answer.header("location") == f"{path.rstrip('/')}?lang=en"
    assert applicant.send("POST", "/register/").status == 404


def test_an_unknown_method_is_a_problem_too(applicant: Client) -> None:
    for method in ("TRACE", "PROPFIND", "FOO"):
        answer = guarded(applicant.send(method, REGISTRATIONS))
        assert answer.status in (404, 405)
        assert answer.problem in ("not-found", "method-not-allowed")


def test_every_answer_of_the_way_is_guarded(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    guarded(applicant.look("/"))
    guarded(applicant.look("/register"))
    guarded(applicant.register(email))
    guarded(applicant.send_again())
    code = machine.wait_for_mail(email)[0].code or ""
    for path in ("/register/code", "/register/code/help", "/register/password"):
        guarded(applicant.look(path))
    guarded(applicant.verify(code))
    guarded(applicant.look("/register/password"))
    guarded(applicant.complete("three quiet herons"))
    guarded(applicant.json("GET", SESSION))
    guarded(applicant.look("/register/done"))
    guarded(applicant.json("DELETE", SESSION))
    guarded(applicant.cancel())


def test_hashed_assets_alone_are_kept(applicant: Client) -> None:
    page = applicant.look("/register").text
    names = {part.partition('"')[0] for part in page.split('="/assets/')[1:]}
    assert names
    for name in names:
        answer = applicant.send("GET", f"/assets/{name}")
        assert answer.status == 200
        assert "immutable" in answer.header("cache-control")
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("content-type").startswith("text/javascript")


def test_the_type_of_a_problem_leads_to_a_page_about_it(
    machine: LocalServer, applicant: Client
) -> None:
    kind = applicant.json("GET", SESSION).json["type"]
    assert kind == f"{machine.url}/problems/not-signed-in"
    page = applicant.send("GET", kind.removeprefix(machine.url))
    assert page.status == 200
    assert "not-signed-in" in page.text
    assert applicant.send("GET", "/problems/unheard-of").status == 404


def test_a_large_answer_is_compressed_when_asked(applicant: Client) -> None:
    answer = applicant.send("GET", "/register", None, {"Accept-Encoding": "gzip"})
    assert answer.header("content-encoding") == "gzip"


def test_cookies_are_lax_and_unreadable_by_scripts(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    asked = cookies(applicant.register(email))
    assert asked["todoku_registration"] == {
        "Path=/",
        "Max-Age=604800",
        "SameSite=Lax",
        "HttpOnly",
    }
    assert asked["lang"] == {"Path=/", "Max-Age=31536000", "SameSite=Lax", "HttpOnly"}
    applicant.verify(machine.wait_for_mail(email)[0].code or "")
    signed_in = cookies(applicant.complete("three quiet herons"))
    assert signed_in.keys() == {"todoku_access", "todoku_refresh"}
    for attributes in signed_in.values():
        assert {"Path=/", "SameSite=Lax", "HttpOnly"} < attributes
    signed_out = cookies(applicant.json("DELETE", SESSION))
    assert signed_out.keys() == {"todoku_access", "todoku_refresh", "todoku_registration"}
    assert all("Max-Age=0" in attributes for attributes in signed_out.values())
    applicant.register(f"another.{email}")
    assert cookies(applicant.cancel())["todoku_registration"] >= {"Max-Age=0", "HttpOnly"}


def cookies(answer: Answer) -> dict[str, set[str]]:
    """Attributes by the cookie's name."""
    found = {}
    for cookie in answer.all("set-cookie"):
        pair, *attributes = cookie.split("; ")
        found[pair.partition("=")[0]] = set(attributes)
    return found


@pytest.mark.parametrize(
    "cookie",
    [
        "todoku_registration=",
        "todoku_registration=guessed",
        "todoku_registration=" + "a" * 4000,
        "todoku_registration=%00; todoku_access=x",
        "todoku_access=eyJhbGciOiJub25lIn0.e30.",
        ";;;=;",
    ],
)
def test_a_made_up_cookie_is_none(applicant: Client, cookie: str) -> None:
    headers = {"Cookie": cookie}
    answer = applicant.json("GET", CURRENT, None, headers)
    assert (answer.status, answer.problem) == (404, "no-registration")
    answer = applicant.json("GET", SESSION, None, headers)
    assert (answer.status, answer.problem) == (401, "not-signed-in")


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"Origin": "{own}"}, True),
        ({"Origin": "{own}", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "null", "Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
        ({"Origin": "http://127.0.0.1"}, False),
        ({"Origin": "{own}.evil.example"}, False),
        ({"Origin": "https://evil.example", "Host": "evil.example"}, False),
        ({"Origin": ""}, False),
    ],
)
def test_only_our_own_pages_and_no_browser_at_all_may_change_something(
    machine: LocalServer, applicant: Client, email: str, headers: dict[str, str], passes: bool
) -> None:
    sent = {name: value.format(own=machine.url) for name, value in headers.items()}
    answer = applicant.json("POST", REGISTRATIONS, {"email": email}, sent)
    if passes:
        assert answer.status == 202
    else:
        assert (answer.status, answer.problem) == (403, "foreign-origin")
        assert not applicant.cookies
        form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        refused = applicant.send("POST", REGISTRATIONS, f"email={email}", {**form, **sent})
        assert refused.status == 403
        assert not machine.mailbox.to(email)
    assert not answer.all("access-control-allow-origin")
    looked = applicant.json("GET", CURRENT, None, sent)
    assert looked.status == (200 if passes else 404), "reading is never refused"


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "Via"],
)
def test_no_header_moves_a_client_to_another_network(
    machine: LocalServer, client: Callable[..., Client], source: Any, email: str, name: str
) -> None:
    home = source()
    first = client(home)
    first.register(email)
    plain = machine.services.verification.lookup.registration(
        first.cookies["todoku_registration"]
    ).network
    second = client(home)
    second.headers = {name: "for=203.0.113.9" if name == "Forwarded" else "203.0.113.9"}
    second.register(f"x{email}")
    assert (
        machine.services.verification.lookup.registration(
            second.cookies["todoku_registration"]
        ).network
        == plain
    )
    elsewhere = client()
    elsewhere.register(f"y{email}")
    assert (
        machine.services.verification.lookup.registration(
            elsewhere.cookies["todoku_registration"]
        ).network
        != plain
    )


def test_the_host_header_names_nothing(applicant: Client, email: str) -> None:
    applicant.headers = {"Host": "evil.example"}
    asked = applicant.register(email)
    assert asked.status == 202
    assert "evil" not in str(asked.headers)
    assert "evil" not in applicant.look("/register/code").text
    assert "evil" not in applicant.json("GET", "/api/v1/openapi.json").text


def test_a_refused_request_leaves_the_connection_in_order(applicant: Client, email: str) -> None:
    for _ in range(3):
        assert applicant.send("POST", REGISTRATIONS, "x" * 20_000, {}).status == 413
        assert applicant.send("POST", "/nothing", "{}", {}).status == 404
        assert applicant.send("DELETE", CURRENT, "{", {"Content-Type": "text/plain"}).status == 415
    assert applicant.register(email).status == 202


def test_health_names_the_build(machine: LocalServer, applicant: Client) -> None:
    answer = applicant.json("GET", "/api/v1/health")
    assert answer.status == 200
    assert answer.json == {"status": "ok", "build": machine.services.config.build}
