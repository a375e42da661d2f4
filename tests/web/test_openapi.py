"""What the API says about itself is what it does."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, get_args

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

import app as deployed
from chalicelib.errors import ChallengeRequired, TryLater
from chalicelib.verification.model import AttemptState
from chalicelib.web import openapi
from chalicelib.web.api import meta
from chalicelib.web.openapi_values import VALUES
from chalicelib.web.problem_types import PROBLEM_TYPES
from chalicelib.web.routes import Operation
from tests.json_schema import validate
from tests.web.services import TOKEN, RecordedServices, access_token, every_error
from tests.web.visitor import REGISTRATIONS, Answer, Visitor

BODIES: dict[str, dict[str, Any]] = {
    "ask": {"email": "taro@gmail.com", "locale": "en", "as_typed": False, "altcha": None},
    "correct": {"email": "taro@gmail.com", "as_typed": True, "altcha": None},
    "resend": {"altcha": None},
    "verify": {"code": "123456"},
    "complete": {"password": "three words here"},
}
COOKIES = f"__Host-todoku_registration={TOKEN}; __Host-todoku_access={access_token()}"

OPERATIONS = [
    (method, path, handler)
    for path, methods in deployed.app.operations.items()
    for method, handler in methods.items()
]


@cache
def document() -> dict[str, Any]:
    visitor = Visitor()
    visitor.app.include(meta.openapi(deployed.app.operations))
    answer = visitor.ask("GET", "/api/v1/openapi.json", stage="/dev")
    assert answer.status == 200
    return dict(answer.json)


def call(
    method: str, path: str, op: Operation[Any], service: RecordedServices | None = None
) -> Answer:
    headers = {"Content-Type": "application/json", "Cookie": COOKIES}
    body = json.dumps(BODIES[op.name]) if op.name in BODIES else None
    ready = AttemptState.VERIFIED if op.name == "complete" else AttemptState.AWAITING_CODE
    return Visitor(service or RecordedServices(state=ready)).ask(
        method, path, headers=headers, body=body, stage="/dev"
    )


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    ref = schema.get("$ref")
    return document()["components"]["schemas"][ref.rpartition("/")[2]] if ref else schema


def agree(schema: dict[str, Any], value: Any) -> None:
    """Raise ``AssertionError`` where ``value`` is not what ``schema`` describes."""
    validate(document(), schema, value)


def documented(method: str, path: str) -> dict[str, Any]:
    return dict(document()["paths"][path][method.lower()]["responses"])


def test_every_operation_is_described_under_a_name_of_its_own() -> None:
    described = [
        op["operationId"] for methods in document()["paths"].values() for op in methods.values()
    ]
    assert sorted(described) == sorted(op.name for _, _, op in OPERATIONS)
    assert len(set(described)) == len(described)
    assert document()["openapi"].startswith("3.1")
    assert document()["servers"] == [{"url": "https://entry.example.lg.jp/dev"}]


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
def test_each_answer_is_as_described(method: str, path: str, op: Operation[Any]) -> None:
    answer = call(method, path, op)
    (status,) = op.answers
    assert answer.status == status
    described = documented(method, path)[str(status)]
    if op.answers[status] is None:
        assert "content" not in described
        assert answer.body == ""
        return
    schema = described["content"]["application/json"]["schema"]
    agree(schema, answer.json)
    # Every key always there, and no other.
    assert (
        set(answer.json) == set(resolve(schema)["properties"]) == set(resolve(schema)["required"])
    )
    assert msgspec.json.decode(answer.body, type=op.answers[status])


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_each_problem_is_as_described(error: Exception) -> None:
    answer = Visitor(RecordedServices().refusing("ask", error)).json(
        "POST", REGISTRATIONS, {"email": "taro@gmail.com"}
    )
    schema = document()["components"]["schemas"]["Problem"]
    agree(schema, answer.json)
    assert set(answer.json) <= set(schema["properties"])


def test_the_example_of_a_challenge_has_what_a_challenge_has() -> None:
    asked = RecordedServices().refusing("ask", ChallengeRequired("network", 1))
    answer = Visitor(asked).json("POST", REGISTRATIONS, {"email": "taro@gmail.com"})
    told = answer.json["challenge"]
    content = documented("POST", REGISTRATIONS)["429"]["content"]["application/problem+json"]
    shown = content["examples"]["challenge-required"]["value"]["challenge"]
    assert shown.keys() == told.keys()
    assert shown["parameters"].keys() == told["parameters"].keys()
    for name, schema in (
        ("Challenge", told),
        ("ChallengeParameters", told["parameters"]),
    ):
        described = document()["components"]["schemas"][name]
        assert set(described["properties"]) == set(described["required"]) == set(schema)


REFUSALS = [(method, path, op, name) for method, path, op in OPERATIONS for name in op.problems]


@pytest.mark.parametrize(("method", "path", "op", "name"), REFUSALS)
def test_each_refusal_of_an_operation_is_listed_with_it(
    method: str, path: str, op: Operation[Any], name: str
) -> None:
    from chalicelib.web import problems

    error = next(
        e for e in every_error() if problems.problem_for(e, "en", RecordedServices()).type == name
    )
    answer = call(method, path, op, RecordedServices().refusing(op.name, error))
    assert answer.problem == name
    described = documented(method, path)[str(answer.status)]
    agree(described["content"]["application/problem+json"]["schema"], answer.json)


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
@pytest.mark.parametrize("error", [KeyError("x"), TryLater(5)])
def test_what_every_call_may_meet_is_listed_with_each(
    method: str, path: str, op: Operation[Any], error: Exception
) -> None:
    if op.name == "health":
        return
    answer = call(method, path, op, RecordedServices().refusing(op.name, error))
    described = documented(method, path)[str(answer.status)]
    agree(described["content"]["application/problem+json"]["schema"], answer.json)


@pytest.mark.parametrize(
    ("body", "name"),
    [("{", "malformed"), ('{"email": 1}', "invalid"), ("x" * 20_000, "too-large")],
)
def test_what_every_change_may_meet_is_listed_too(body: str, name: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = Visitor().ask("POST", REGISTRATIONS, headers=headers, body=body, stage="/dev")
    assert answer.problem == name
    described = documented("POST", REGISTRATIONS)[str(answer.status)]
    agree(described["content"]["application/problem+json"]["schema"], answer.json)


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
def test_that_a_form_gets_a_page_is_described_where_it_does(
    method: str, path: str, op: Operation[Any]
) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "text/html",
        "Sec-Fetch-Mode": "navigate",
    }
    service = RecordedServices().refusing(op.name, KeyError("x"))
    answer = Visitor(service).ask(method, path, headers=headers, body="email=a", stage="/dev")
    if answer.status < 400 or op.page is None:
        assert op.page is None
        return
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind == "text/html"
    assert kind in documented(method, path)[str(answer.status)]["content"]


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
def test_the_body_is_the_one_that_is_read(method: str, path: str, op: Operation[Any]) -> None:
    described = document()["paths"][path][method.lower()]
    if op.name not in BODIES:
        assert "requestBody" not in described
        return
    assert described["requestBody"]["required"] == (op.name != "resend")
    content = described["requestBody"]["content"]
    assert set(content) == {"application/json", "application/x-www-form-urlencoded"}
    schema = content["application/json"]["schema"]
    agree(schema, BODIES[op.name])
    assert set(resolve(schema)["properties"]) == set(BODIES[op.name])
    assert resolve(schema)["additionalProperties"] is False


def test_every_problem_a_call_may_answer_exists() -> None:
    names = {
        name.removeprefix("https://entry.example.lg.jp/dev/problems/")
        for methods in document()["paths"].values()
        for op in methods.values()
        for response in op["responses"].values()
        if "application/problem+json" in response.get("content", {})
        for part in response["content"]["application/problem+json"]["schema"]["allOf"][1:]
        for name in part["properties"]["type"]["enum"]
    }
    assert names <= set(PROBLEM_TYPES)


def test_every_reference_leads_somewhere() -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if "$ref" in value else set()
            return own.union(*(references(inner) for inner in value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    for reference in references(document()):
        assert resolve({"$ref": reference})


def contents() -> list[tuple[str, str, dict[str, Any]]]:
    """Every body that is described, sent or answered: of which call, of which media type."""
    found = []
    for methods in document()["paths"].values():
        for op in methods.values():
            bodies = [*op["responses"].values(), op.get("requestBody", {})]
            for body in bodies:
                found += [
                    (op["operationId"], kind, c) for kind, c in body.get("content", {}).items()
                ]
    return found


def test_the_description_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(document()).validate()


def test_everything_sent_and_answered_has_examples_that_fit() -> None:
    assert {kind for _, kind, _ in contents()} == {
        "application/json",
        "application/x-www-form-urlencoded",
        "application/problem+json",
        "text/html",
    }
    for operation, kind, content in contents():
        assert content.get("examples"), (operation, kind)
        for example in content["examples"].values():
            agree(content["schema"], example["value"])


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
def test_each_type_of_problem_of_a_call_has_its_example(
    method: str, path: str, op: Operation[Any]
) -> None:
    for status, response in documented(method, path).items():
        content = response.get("content", {}).get("application/problem+json")
        if content is None:
            continue
        types = content["schema"]["allOf"][1]["properties"]["type"]["enum"]
        examples = {name: it["value"] for name, it in content["examples"].items()}
        assert [example["type"] for example in examples.values()] == types
        assert {example["status"] for example in examples.values()} == {int(status)}
        assert all(
            kind.endswith(f"/problems/{name}") for kind, name in zip(types, examples, strict=True)
        )


def test_an_example_that_does_not_fit_is_noticed() -> None:
    (_, _, content) = next(it for it in contents() if it[0] == "current")
    value = dict(next(iter(content["examples"].values()))["value"])
    value["delivery"] = {**value["delivery"], "reason": "bad-luck"}
    with pytest.raises(AssertionError, match="delivery"):
        agree(content["schema"], value)


@pytest.mark.parametrize("name", VALUES)
def test_each_value_is_described(name: str) -> None:
    schema = document()["components"]["schemas"][name]
    described = {each["const"]: each["description"] for each in schema["oneOf"]}
    assert set(schema["enum"]) == set(described) == set(get_args(VALUES[name].kind))
    assert all(described.values())


@pytest.mark.parametrize(
    ("schema", "field", "name"),
    [
        ("Registration", "state", "RegistrationState"),
        ("Delivery", "state", "DeliveryState"),
        ("Step", "state", "DeliveryState"),
        ("Delivery", "reason", "Reason"),
        ("Delivery", "advice", "Advice"),
        ("FieldError", "code", "EmailErrorCode"),
        ("FieldError", "code", "CodeErrorCode"),
        ("FieldError", "code", "PasswordErrorCode"),
        ("FieldError", "code", "LocaleErrorCode"),
        ("FieldError", "code", "AnyFieldErrorCode"),
    ],
)
def test_a_field_with_such_values_refers_to_them(schema: str, field: str, name: str) -> None:
    described = document()["components"]["schemas"][schema]["properties"][field]
    assert f"'#/components/schemas/{name}'" in str(described)


def test_each_field_is_described() -> None:
    schemas = document()["components"]["schemas"]
    silent = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        # ALTCHA's own, for its library alone.
        if name not in ("Challenge", "ChallengeParameters")
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]
    assert silent == []


def test_times_are_times() -> None:
    schemas = document()["components"]["schemas"]
    times = [
        (name, field)
        for name, schema in schemas.items()
        for field, described in schema.get("properties", {}).items()
        if described.get("format") == "date-time"
        or {"type": "string", "format": "date-time"} in described.get("anyOf", ())
    ]
    named = [(n, f) for n, s in schemas.items() for f in s.get("properties", {}) if f[-3:] == "_at"]
    assert sorted(times) == sorted([*named, ("Step", "at")])
    assert len(named) == 4


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
def test_a_call_says_which_cookies_it_cannot_do_without(
    method: str, path: str, op: Operation[Any]
) -> None:
    described = document()["paths"][path][method.lower()]["security"]
    schemes = document()["components"]["securitySchemes"]
    headers = {"Content-Type": "application/json"}
    body = json.dumps(BODIES[op.name]) if op.name in BODIES else None
    without = Visitor(RecordedServices()).ask(method, path, headers=headers, body=body)
    needed = without.status in (401, 404)
    assert needed == bool(described and {} not in described)
    for scheme in described[0] if described else ():
        assert (schemes[scheme]["type"], schemes[scheme]["in"]) == ("apiKey", "cookie")
        assert schemes[scheme]["name"].startswith("__Host-todoku_")


def test_on_this_machine_cookies_have_their_plain_names() -> None:
    described = openapi.document({}, server="http://127.0.0.1:8000", build="b", secure=False)
    names = {scheme["name"] for scheme in described["components"]["securitySchemes"].values()}
    assert names == {"todoku_registration", "todoku_access", "todoku_refresh"}


def test_health_says_which_build() -> None:
    answer = Visitor().ask("GET", "/api/v1/health")
    assert answer.json == {"status": "ok", "build": "2027-01-24"}
    assert Visitor().service.asked == []
