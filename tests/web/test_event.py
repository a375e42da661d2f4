"""Events become requests, and nothing in an event is believed that a client could forge."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.errors import Malformed, TooLarge, UnsupportedMediaType
from chalicelib.web.event import LARGEST_BODY, normalize, parse_body, parse_head
from chalicelib.web.request import Request
from tests.web.visitor import CURRENT, FORM, Visitor, event

JSON = "application/json"


def head(*args: Any, secure: bool = False, **more: Any) -> Request:
    return parse_head(normalize(event(*args, **more)), secure=secure)


def whole(*args: Any, **more: Any) -> Request:
    sent = normalize(event(*args, **more))
    return parse_body(parse_head(sent, secure=False), sent)


@pytest.mark.parametrize(
    ("stage", "path", "prefix"),
    [
        ("", "/register/code", ""),
        ("/dev", "/register/code", "/dev"),
        ("/a/b-c", "/register/code", "/a/b-c"),
        ("/dev", "/", "/dev"),
        ("", "/", ""),
        ("/dev", "/register", "/dev"),
        ("//elsewhere.example", "/register", ""),
        ("/a b", "/register", ""),
        ('/"><script>', "/register", ""),
    ],
)
def test_what_stands_before_the_path_is_kept_when_it_is_harmless(
    stage: str, path: str, prefix: str
) -> None:
    request = head("GET", path, stage=stage)
    assert (request.path, request.prefix) == (path, prefix)


def test_the_prefix_is_found_on_a_path_with_a_slash_at_its_end() -> None:
    sent = event("GET", "/register", stage="/dev")
    sent["requestContext"]["path"] += "/"
    assert parse_head(normalize(sent), secure=False).prefix == "/dev"


def test_a_base_path_of_a_custom_domain_is_a_prefix_although_the_events_path_has_it_too() -> None:
    sent = event("GET", "/entry/register", route="/register")
    request = parse_head(normalize(sent), secure=False)
    assert (request.path, request.prefix) == ("/register", "/entry")


@pytest.mark.parametrize(
    ("sent", "name"),
    [("a%20b.js", "a b.js"), ("a%2520b.js", "a%20b.js"), ("%252e%252e", "%2e%2e")],
)
def test_path_parameters_are_decoded_once(sent: str, name: str) -> None:
    request = head(
        "GET",
        f"/assets/{sent}",
        route="/assets/{name}",
        parameters={"name": sent},
        stage="/dev",
    )
    assert request.parameters == {"name": name}
    assert (request.path, request.prefix) == (f"/assets/{name}", "/dev")


@pytest.mark.parametrize("path", ["/", "/a", "/a/", "/a//b", "//elsewhere.example/", "/a/b/c"])
def test_a_path_that_nobody_declared_is_known_whole(path: str) -> None:
    request = head(
        "GET", path, route="/{rest+}", parameters={"rest": path.removeprefix("/")}, stage="/dev"
    )
    assert (request.path, request.prefix) == (path, "/dev")


def test_header_names_are_found_in_any_case() -> None:
    request = head("GET", "/", headers={"X-THING": "1", "aCCept": "text/html"})
    assert request.headers["x-thing"] == "1"
    assert request.html


def test_headers_are_read_when_the_event_has_them_once_only() -> None:
    sent = event("GET", "/", headers={"Accept-Language": "en"}, multiValueHeaders=None)
    assert parse_head(normalize(sent), secure=False).locale == "en"


def test_several_cookie_headers_are_all_read() -> None:
    request = head("GET", "/", headers={"Cookie": ["lang=en", "todoku_access=a; todoku_refresh=b"]})
    assert dict(request.cookies) == {"lang": "en", "todoku_access": "a", "todoku_refresh": "b"}


def test_cookie_headers_that_differ_in_case_are_all_read() -> None:
    request = head("GET", "/", headers={"Cookie": "lang=en", "cookie": "todoku_access=a"})
    assert dict(request.cookies) == {"lang": "en", "todoku_access": "a"}


def test_two_origins_are_no_origin_of_ours() -> None:
    request = head("POST", "/", headers={"Origin": ["https://a.example", "https://b.example"]})
    assert request.headers["origin"] == "https://a.example, https://b.example"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP"])
def test_the_client_is_the_connections_own_address(header: str) -> None:
    assert head("GET", "/", headers={header: "198.51.100.1"}).client == "203.0.113.9"


def test_the_last_of_repeated_query_parameters_counts() -> None:
    sent = event("GET", "/", multiValueQueryStringParameters={"lang": ["ja", "en"]})
    assert parse_head(normalize(sent), secure=False).query == {"lang": "en"}


@pytest.mark.parametrize(
    ("method", "content_type", "accept", "html"),
    [
        ("GET", None, None, False),
        ("GET", None, "*/*", False),
        ("GET", None, "text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("GET", None, "application/json", False),
        ("GET", None, "text/html;q=0.5, application/json", False),
        ("GET", None, "text/html, application/json;q=0.5", True),
        ("GET", None, "text/html;q=0", False),
        ("POST", FORM, None, True),
        ("POST", FORM, "*/*", True),
        ("POST", f"{FORM}; charset=UTF-8", "*/*", True),
        ("GET", FORM, "*/*", False),
        ("POST", JSON, "text/html", False),
        ("POST", None, "text/html", True),
        ("POST", None, "*/*", False),
    ],
)
def test_a_page_is_answered_to_forms_and_to_those_who_prefer_one(
    method: str, content_type: str | None, accept: str | None, html: bool
) -> None:
    headers = {"Content-Type": content_type, "Accept": accept}
    request = head(method, "/", headers={n: v for n, v in headers.items() if v})
    assert request.html is html


@pytest.mark.parametrize("size", [LARGEST_BODY - 1, LARGEST_BODY])
def test_a_body_of_16_kb_is_read(size: int) -> None:
    request = whole("POST", "/", headers={"Content-Type": JSON}, body="x" * size)
    assert len(request.body) == size


def test_a_body_of_one_byte_more_is_too_large() -> None:
    with pytest.raises(TooLarge):
        whole("POST", "/", headers={"Content-Type": JSON}, body="x" * (LARGEST_BODY + 1))


def test_bytes_are_counted_and_not_letters() -> None:
    body = "あ" * (LARGEST_BODY // 3 + 1)
    with pytest.raises(TooLarge):
        whole("POST", "/", headers={"Content-Type": JSON}, body=body)


def test_what_was_encoded_is_counted_decoded() -> None:
    content = base64.b64encode(b"x" * LARGEST_BODY).decode()
    headers = {"Content-Type": JSON}
    assert whole("POST", "/", headers=headers, body=content, isBase64Encoded=True).body == (
        b"x" * LARGEST_BODY
    )
    content = base64.b64encode(b"x" * (LARGEST_BODY + 1)).decode()
    with pytest.raises(TooLarge):
        whole("POST", "/", headers=headers, body=content, isBase64Encoded=True)


@pytest.mark.parametrize("body", ["no base64!", "YQ", "あ", 7])
def test_a_body_that_cannot_be_decoded_is_malformed(body: Any) -> None:
    with pytest.raises(Malformed):
        whole("POST", "/", headers={"Content-Type": JSON}, body=body, isBase64Encoded=True)


def test_a_lone_surrogate_in_the_event_is_malformed() -> None:
    with pytest.raises(Malformed):
        whole("POST", "/", headers={"Content-Type": JSON}, body="\ud800")


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "Application/JSON",
        f"{JSON};charset=utf-8",
        f'{JSON}; charset="UTF-8"',
        f"{FORM};charset=UTF-8",
        f"{FORM}; charset=us-ascii",
    ],
)
def test_json_and_forms_in_utf_8_are_read(content_type: str) -> None:
    request = whole("POST", "/", headers={"Content-Type": content_type}, body="a=1")
    assert request.content_type in (JSON, FORM)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/jsonp",
        f"{JSON}, {JSON}",
        f"{JSON}; charset=shift_jis",
        f"{FORM}; charset=utf-16",
    ],
)
def test_other_media_types_are_not(content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    with pytest.raises(UnsupportedMediaType):
        whole("POST", "/", headers=headers, body="a=1")


def test_without_a_body_its_type_does_not_matter() -> None:
    request = whole("POST", "/", headers={"Content-Type": "text/plain"})
    assert (request.body, request.content_type) == (b"", "")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_form_names_the_method_it_cannot_send(method: str) -> None:
    body = f"_method={method}&email=a"
    assert whole("POST", "/", headers={"Content-Type": FORM}, body=body).method == method


@pytest.mark.parametrize("method", ["GET", "PATCH", "put", "OPTIONS", ""])
def test_a_form_names_no_other_method(method: str) -> None:
    with pytest.raises(Malformed):
        whole("POST", "/", headers={"Content-Type": FORM}, body=f"_method={method}")


def test_only_a_form_that_is_posted_names_a_method() -> None:
    body = "_method=DELETE"
    assert whole("PUT", "/", headers={"Content-Type": FORM}, body=body).method == "PUT"
    body = '{"_method": "DELETE"}'
    assert whole("POST", "/", headers={"Content-Type": JSON}, body=body).method == "POST"


def without(*keys: str) -> dict[str, Any]:
    sent = event("GET", "/")
    inner = sent
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return sent


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "text",
        {},
        {"requestContext": None},
        {"requestContext": {"resourcePath": "/"}},
        without("requestContext"),
        without("requestContext", "resourcePath"),
        without("requestContext", "httpMethod"),
        event("GET", "/assets/x", route="/assets/{name}"),
    ],
)
def test_an_event_that_is_none_is_malformed(sent: Any) -> None:
    with pytest.raises(Malformed):
        normalize(sent)
    assert Visitor().send(sent).problem == "malformed"


@pytest.mark.parametrize(
    "key",
    [
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
        "isBase64Encoded",
    ],
)
def test_what_an_event_may_lack_is_not_missed(key: str) -> None:
    sent = event("GET", "/api/v1/health")
    del sent[key]
    assert Visitor().send(sent).status == 200


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=6,
)
keys = st.sampled_from(list(event("GET", "/")))


@given(changes=st.dictionaries(keys, values, max_size=4))
def test_no_event_makes_the_app_fail(changes: dict[str, Any]) -> None:
    visitor = Visitor()
    answer = visitor.send({**event("GET", CURRENT), **changes})
    assert answer.status in {200, 400, 404, 405}


names = st.sampled_from(
    ["Cookie", "Accept", "Accept-Language", "Content-Type", "Origin", "Sec-Fetch-Site", "Host"]
)


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"]),
    headers=st.dictionaries(names, st.text(max_size=40), max_size=4),
    query=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2),
)
def test_no_headers_make_the_app_fail(
    method: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    answer = Visitor().ask(method, CURRENT, headers=headers, query=query)
    assert answer.status < 500


@given(body=st.text(max_size=200), kind=st.sampled_from([JSON, FORM]))
def test_no_body_makes_the_app_fail(body: str, kind: str) -> None:
    visitor = Visitor()
    for path in ("/api/v1/registrations", f"{CURRENT}/verification", f"{CURRENT}/account"):
        answer = visitor.ask("POST", path, headers={"Content-Type": kind}, body=body)
        assert answer.status < 500
