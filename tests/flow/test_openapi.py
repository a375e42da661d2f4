"""The published description is true of what is answered."""

from __future__ import annotations

import re
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
    fits(document, told["content"][kind]["schema"], answer.json, "answer")


def fits(document: Document, schema: Document, value: Any, where: str) -> None:
    """The part of JSON Schema 2020-12 that the document uses. Unknown words are a failure."""
    known = {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum"}
    known |= {"anyOf", "const", "format", "pattern", "title", "description", "default", "examples"}
    known |= {"minimum", "maximum", "allOf", "prefixItems"}
    assert schema.keys() <= known, schema.keys() - known
    if "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        fits(document, target, value, where)
    for each in schema.get("allOf", ()):
        fits(document, each, value, where)
    if "anyOf" in schema:
        assert any(_fits(document, each, value) for each in schema["anyOf"]), (where, value)
    if "enum" in schema:
        assert value in schema["enum"], (where, value)
    if "const" in schema:
        assert value == schema["const"], where
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(_is(kind, value) for kind in kinds), (where, value, kinds)
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= value.keys(), where
        properties = schema.get("properties", {})
        for name, each in value.items():
            if name in properties:
                fits(document, properties[name], each, f"{where}.{name}")
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for each in value:
            fits(document, schema["items"], each, f"{where}[]")
    if isinstance(value, str) and "pattern" in schema:
        assert re.search(schema["pattern"], value), where
    if isinstance(value, str) and schema.get("format") == "date-time":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), (where, value)


def _fits(document: Document, schema: Document, value: Any) -> bool:
    try:
        fits(document, schema, value, "")
    except AssertionError:
        return False
    return True


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            python = {"object": dict, "array": list, "string": str, "boolean": bool}
            return value is None if kind == "null" else isinstance(value, python[kind])


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
    code = machine.mailbox.wait(email)[0].code or ""
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
    fits(document, body["application/json"]["schema"], sent, "body")
    assert client().json("POST", REGISTRATIONS, sent).status == 202


def test_the_server_is_the_configured_one(machine: LocalServer, document: Document) -> None:
    assert [server["url"] for server in document["servers"]] == [machine.url]
    assert document["openapi"].startswith("3.")
