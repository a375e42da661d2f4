"""The published description is true of what is answered."""

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
    other,
)
from tests.json_schema import validate

Document = dict[str, Any]


@pytest.fixture
def document(applicant: Client) -> Document:
    answer = applicant.json("GET", "/api/v1/openapi.json")
    assert answer.status == 200
    found: Document = answer.json
    return found


def check(document: Document, method: str, path: str, answer: Answer) -> None:
    """Fail unless ``answer`` is one that the document has for this call."""
    told = document["paths"][path][method.lower()]["responses"][str(answer.status)]
    if answer.status == 204:
        assert "content" not in told
        assert not answer.body
        return
    kind = answer.header("content-type")
    assert kind in told["content"], f"{answer.status} of {method} {path}"
    validate(document, told["content"][kind]["schema"], answer.json)


def test_every_answer_of_the_way_is_described(
    machine: LocalServer,
    client: Callable[..., Client],
    document: Document,
    address: Callable[..., str],
) -> None:
    applicant, email = client(), address()
    seen: list[tuple[str, str, int]] = []

    def call(method: str, path: str, value: Any = None) -> Answer:
        answer = applicant.json(method, path, value)
        check(document, method, path, answer)
        seen.append((method, path, answer.status))
        return answer

    for method, path in ((m, p) for p in (CURRENT, CODE) for m in ("GET", "POST")):
        if (method, path) in (("GET", CURRENT), ("POST", CODE)):
            call(method, path)
    call("GET", SESSION)
    call("POST", REGISTRATIONS, {"email": "x"})
    call("POST", REGISTRATIONS, {"email": "a@gmai.com"})
    call("POST", REGISTRATIONS, {"email": address()})
    call("POST", CODE)
    call("PUT", EMAIL, {"email": "x"})
    call("PUT", EMAIL, {"email": email})
    code = machine.wait_for_mail(email)[0].code or ""
    applicant.awaiting_code()
    call("GET", CURRENT)
    call("POST", ACCOUNT, {"password": "three quiet herons"})
    for _ in range(5):
        call("POST", VERIFICATION, {"code": other(code)})
    call("POST", VERIFICATION, {"code": code})
    machine.put_forward(61)
    call("POST", VERIFICATION, {"code": code})
    call("PUT", EMAIL, {"email": email})
    call("POST", ACCOUNT, {"password": "x"})
    call("POST", ACCOUNT, {"password": "three quiet herons"})
    call("POST", ACCOUNT, {"password": "three quiet herons"})
    call("POST", ACCOUNT, {"password": "another long password"})
    call("GET", SESSION)
    call("DELETE", SESSION)
    call("DELETE", CURRENT)
    call("DELETE", CURRENT)
    call("POST", ACCOUNT, {"password": "three quiet herons"})
    call("GET", "/api/v1/health")
    assert len(set(seen)) > 20
    machine.switches.set(dynamodb_fail="unavailable")
    call("POST", REGISTRATIONS, {"email": email})


def test_every_path_that_is_described_is_served_and_the_other_way_round(
    applicant: Client, document: Document
) -> None:
    served = {
        (path, method)
        for path, methods in document["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "delete", "patch")
    }
    for path, method in served:
        assert applicant.send(method.upper(), path).status not in (403, 405), (method, path)
    assert {path for path, _ in served} >= {
        REGISTRATIONS,
        CURRENT,
        CODE,
        EMAIL,
        VERIFICATION,
        ACCOUNT,
        SESSION,
        "/api/v1/health",
    }


def test_what_is_described_as_a_body_is_accepted(
    client: Callable[..., Client], document: Document, address: Callable[..., str]
) -> None:
    body = document["paths"][REGISTRATIONS]["post"]["requestBody"]["content"]
    sent = {"email": address(), "locale": "en", "as_typed": False, "altcha": None}
    validate(document, body["application/json"]["schema"], sent)
    assert client().json("POST", REGISTRATIONS, sent).status == 202


def test_the_server_is_the_configured_one(machine: LocalServer, document: Document) -> None:
    assert [server["url"] for server in document["servers"]] == [machine.url]
    assert document["openapi"].startswith("3.")
