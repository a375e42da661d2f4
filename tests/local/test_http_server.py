"""The HTTP server is strict before it reads, and hands over what API Gateway would."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from cloudformation.template import Template
from local.api_gateway import ApiRoutes
from local.server import LocalServer


@pytest.fixture
def web(machine: LocalServer) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(urlsplit(machine.url).netloc, timeout=5)
    yield connection
    connection.close()


def ask(web: HTTPConnection, method: str, path: str, **more: Any) -> tuple[HTTPResponse, bytes]:
    web.request(method, path, **more)
    answer = web.getresponse()
    return answer, answer.read()


def event(web: HTTPConnection, method: str, path: str, **more: Any) -> Any:
    answer, body = ask(web, method, path, **more)
    assert answer.status == 200
    return json.loads(body)


def raw(machine: LocalServer, request: bytes) -> bytes:
    """What is answered to exactly these bytes, until the server closes."""
    parts = urlsplit(machine.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while more := connection.recv(65536):
            answer += more
        return answer


def test_a_request_becomes_a_proxy_event(web: HTTPConnection) -> None:
    got = event(web, "POST", "/echo?a=1&a=2&b=%E3%81%82", body=b"hello", headers={"X-A": "b"})
    assert got["resource"] == got["path"] == "/echo"
    assert got["httpMethod"] == "POST"
    assert got["headers"]["X-A"] == "b"
    assert got["multiValueHeaders"]["X-A"] == ["b"]
    assert got["queryStringParameters"] == {"a": "2", "b": "あ"}
    assert got["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["あ"]}
    assert got["body"] == "hello"
    assert got["isBase64Encoded"] is False
    context = got["requestContext"]
    assert context["resourcePath"] == context["path"] == "/echo"
    assert context["httpMethod"] == "POST"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["requestId"]


def test_nothing_is_null_as_from_the_gateway(web: HTTPConnection) -> None:
    got = event(web, "GET", "/echo")
    for key in ("body", "queryStringParameters", "pathParameters", "stageVariables"):
        assert got[key] is None


def test_a_body_that_is_no_text_is_base64(web: HTTPConnection) -> None:
    got = event(web, "POST", "/echo", body=b"\xff\x00", headers={"Content-Type": "text/plain"})
    assert (got["body"], got["isBase64Encoded"]) == ("/wA=", True)


def test_path_parameters_are_not_decoded(web: HTTPConnection) -> None:
    _, body = ask(web, "GET", "/things/a%20b")
    assert json.loads(body) == {"name": "a%20b"}


def test_a_fixed_path_wins_over_a_parameter(web: HTTPConnection) -> None:
    _, body = ask(web, "GET", "/things/special")
    assert json.loads(body) == {"name": "the special one"}


def test_a_connection_is_kept(web: HTTPConnection) -> None:
    ask(web, "GET", "/echo")
    kept = web.sock
    ask(web, "POST", "/echo", body=b"x")
    ask(web, "GET", "/nowhere")
    assert web.sock is kept


def test_several_cookie_headers_become_one(machine: LocalServer) -> None:
    answer = raw(
        machine,
        b"GET /echo HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n",
    )
    got = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert got["headers"]["Cookie"] == "a=1; b=2"


def test_several_cookies_can_be_set(web: HTTPConnection) -> None:
    answer, _ = ask(web, "GET", "/cookies")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_no_header_is_believed_about_the_client(web: HTTPConnection, header: str) -> None:
    got = event(web, "GET", "/echo", headers={header: "203.0.113.9"})
    assert got["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"


def test_every_loopback_address_is_a_client_of_its_own(machine: LocalServer) -> None:
    web = HTTPConnection(urlsplit(machine.url).netloc, timeout=5, source_address=("127.9.8.7", 0))
    got = event(web, "GET", "/echo")
    web.close()
    assert got["requestContext"]["identity"]["sourceIp"] == "127.9.8.7"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("PUT", "/echo"),
        ("HEAD", "/echo"),
        ("BREW", "/echo"),
        ("GET", "/echo/"),
    ],
)
def test_what_is_not_declared_is_answered_by_the_template(
    web: HTTPConnection, method: str, path: str
) -> None:
    answer, body = ask(web, method, path)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    if method == "HEAD":
        assert body == b""
    else:
        assert json.loads(body)["type"].endswith("/problems/not-found")


def test_a_large_body_is_refused_before_it_is_read(machine: LocalServer) -> None:
    answer = raw(
        machine, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\nonly this"
    )
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer
    assert b"/problems/too-large" in answer


def test_one_who_sends_it_all_the_same_sees_the_answer(web: HTTPConnection) -> None:
    answer, body = ask(web, "POST", "/echo", body=b"x" * 11_000_000)
    assert answer.status == 413
    assert json.loads(body)["status"] == 413


def test_what_the_gateway_takes_reaches_the_function(web: HTTPConnection) -> None:
    """More than our function takes: its own answer knows the form and the language."""
    got = event(web, "POST", "/echo", body=b"x" * 20_000, headers={"Content-Type": "text/plain"})
    assert len(got["body"]) == 20_000


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: -1",
        b"Content-Length: ten",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Content-Length: 99999999999999999999",
        b"Transfer-Encoding: chunked",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    ],
)
def test_bodies_of_doubtful_length_are_refused(machine: LocalServer, headers: bytes) -> None:
    request = b"POST /echo HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n0\r\n\r\n"
    answer = raw(machine, request)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert answer.count(b"HTTP/1.1") == 1


def test_a_client_that_goes_away_is_no_trouble(machine: LocalServer, web: HTTPConnection) -> None:
    parts = urlsplit(machine.url)
    gone = socket.create_connection((parts.hostname, parts.port))
    gone.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    gone.close()
    assert event(web, "GET", "/echo")


@pytest.mark.parametrize(
    ("size", "accepts", "compressed"),
    [
        (511, "gzip", False),
        (512, "br, gzip;q=0.5", True),
        (4096, "identity", False),
        (512, "gzip;q=0", False),
    ],
)
def test_answers_are_compressed_as_the_gateway_does(
    web: HTTPConnection, size: int, accepts: str, compressed: bool
) -> None:
    answer, body = ask(web, "GET", f"/size/{size}", headers={"Accept-Encoding": accepts})
    assert (answer.headers.get("Content-Encoding") == "gzip") is compressed
    assert (gzip.decompress(body) if compressed else body) == b"x" * size
    assert int(answer.headers["Content-Length"]) == len(body)


def test_a_path_of_several_parts_can_be_declared() -> None:
    routes = ApiRoutes({"/{proxy+}": ["GET"], "/a/{b}": ["GET"], "/a/b": ["GET"]})
    assert routes.find("GET", "/x/y/z") == ("/{proxy+}", {"proxy": "x/y/z"})
    assert routes.find("GET", "/a/b") == ("/a/b", {})
    assert routes.find("GET", "/a/c") == ("/a/{b}", {"b": "c"})
    assert routes.find("PUT", "/a/b") is None


def test_the_thresholds_are_the_deployments_own() -> None:
    from pathlib import Path

    from local import http_server

    config = json.loads(Path(".chalice/config.json").read_text(encoding="utf-8"))
    assert config["minimum_compression_size"] == http_server.MIN_COMPRESSION_BYTES
    assert http_server.MAX_BODY_BYTES == 10 * 1024 * 1024
    assert Template.read().resources["RestAPI"]["Properties"]["GatewayResponses"]
