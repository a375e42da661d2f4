"""OpenAPI description (3.1), generated from the types that validate.

Nothing is said twice: bodies are the structs that read them, answers the types they are
written from, problems the table they are looked up in. What types cannot say is in
``openapi_values.py`` and ``openapi_examples.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec

from chalicelib.clock import ZonedTime
from chalicelib.web import cookies, forms
from chalicelib.web.bodies import Nothing, needed
from chalicelib.web.openapi_examples import examples, problem_example
from chalicelib.web.openapi_values import FIELDS, VALUES
from chalicelib.web.origins import SAFE
from chalicelib.web.problem_docs import WHAT_TO_DO
from chalicelib.web.problem_types import PATH, PROBLEM_TYPES
from chalicelib.web.problems import FieldError
from chalicelib.web.response import JSON, PROBLEM
from chalicelib.web.routes import Operation

_REFS = "#/components/schemas/{name}"
_PUBLIC_NAMES: Final = {"View": "Registration"}
"""By type, the names of schemas that the code calls otherwise; generated clients have them."""
_CODES: Final = (
    "EmailErrorCode",
    "CodeErrorCode",
    "PasswordErrorCode",
    "LocaleErrorCode",
    "AnyFieldErrorCode",
)
"""The enumerations of which `code` of an invalid field is one."""
_EVERY_CALL = ("internal", "try-later")
_EVERY_CHANGE = (
    "malformed",
    "foreign-origin",
    "cross-site-fetch",
    "too-large",
    "unsupported-media-type",
    "invalid",
)


class ChallengeParameters(msgspec.Struct, rename="camel"):
    """What the solution is tried with; `expiresAt` is in seconds since 1970."""

    algorithm: str
    cost: int
    expires_at: int
    key_length: int
    key_prefix: str
    nonce: str
    salt: str


class Challenge(msgspec.Struct):
    """A challenge of ALTCHA, version 2: to be handed to its library as it is."""

    parameters: ChallengeParameters
    signature: str


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457. The last part of `type` is stable, and `type` leads to a page about it; the
    rest is for the applicant. API Gateway and the firewall answer some before this service is
    asked (`malformed`, `not-found`, `too-large`, `unsupported-media-type`, `wait`, `try-later`),
    in English or in Japanese and English: these have neither `hint` nor `retry_at`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET
    suggestion: str | msgspec.UnsetType = msgspec.UNSET
    ending: str | msgspec.UnsetType = msgspec.UNSET
    attempts_left: int | msgspec.UnsetType = msgspec.UNSET
    retry_after: int | msgspec.UnsetType = msgspec.UNSET
    retry_at: ZonedTime | msgspec.UnsetType = msgspec.UNSET
    challenge: Challenge | msgspec.UnsetType = msgspec.UNSET
    allow: list[str] | msgspec.UnsetType = msgspec.UNSET
    hint: str | msgspec.UnsetType = msgspec.UNSET


_COOKIES: Final = {
    cookies.REGISTRATION: (
        "registration",
        "Names this browser's registration. `POST /api/v1/registrations` sets it; a correction of "
        "the address and a right code replace it. Whoever holds it may set the password.",
    ),
    cookies.ACCESS: (
        "session",
        "Access token of a session; set when the password is, and good for a quarter of an hour.",
    ),
    cookies.REFRESH: (
        "refresh",
        "Refresh token of a session; set with the access token, and revoked by signing out.",
    ),
}
"""By plain name: the name of its security scheme, and what it is."""

_PAGE: Final[dict[str, Any]] = {
    "schema": {
        "type": "string",
        "description": "To a form, or to whoever accepts HTML: the page with what was typed and "
        "what is wrong, or one that says so.",
    },
    "examples": {"page": {"value": "<!doctype html>…"}},
}
"""What a browser gets instead of a problem's JSON."""

_WITHOUT: Final = frozenset({"no-registration", "not-signed-in"})
"""The problems that mean: the cookie is missing, or is good no more. A call that cannot answer one
of these works without its cookies too."""

Operations = Mapping[str, Mapping[str, Operation[Any]]]


def document(operations: Operations, *, server: str, build: str, secure: bool) -> dict[str, Any]:
    """The whole description of ``operations`` (path, method), served at ``server``.

    ``secure``: cookies have the names that they have on https.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Todoku",
            "version": build,
            "description": "Sign-up that knows whether its mail arrives.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "paths": {
            path: {method.lower(): _operation(method, op, server) for method, op in methods.items()}
            for path, methods in operations.items()
            if methods
        },
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {
                scheme: {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookies.sent_name(name, secure=secure),
                    "description": description,
                }
                for name, (scheme, description) in _COOKIES.items()
            },
        },
    }


def _types(operations: Operations) -> list[Any]:
    found: list[Any] = [Problem]
    for methods in operations.values():
        for op in methods.values():
            found += [
                kind for kind in (op.takes, *op.answers.values()) if kind not in (None, Nothing)
            ]
    return list(dict.fromkeys(found))


def _schemas(operations: Operations) -> dict[str, Any]:
    _, components = msgspec.json.schema_components(_types(operations), ref_template=_REFS)
    components["FieldError"]["properties"]["code"] = {
        "anyOf": [{"$ref": _REFS.format(name=name)} for name in _CODES]
    }
    named = {frozenset(get_args(values.kind)): name for name, values in VALUES.items()}
    schemas = {
        _PUBLIC_NAMES.get(name, name): _with_names(schema, named)
        for name, schema in components.items()
    }
    for name, schema in schemas.items():
        schema["title"] = name
        for field, meaning in FIELDS.get(name, {}).items():
            schema["properties"][field]["description"] = meaning
    schemas |= {name: _enumeration(name) for name in VALUES}
    return dict(sorted(schemas.items()))


def _with_names(schema: Any, named: Mapping[frozenset[str], str]) -> Any:
    """``schema`` with a reference wherever one of the enumerations that have a name stood."""
    if isinstance(schema, list):
        return [_with_names(each, named) for each in schema]
    if not isinstance(schema, dict):
        return schema
    name = named.get(frozenset(schema.get("enum", ())))
    if name:
        return {"$ref": _REFS.format(name=name)}
    return {key: _with_names(each, named) for key, each in schema.items()}


def _enumeration(name: str) -> dict[str, Any]:
    """The values as ``enum``, which generators of clients read, and each with what it means, as
    JSON Schema annotates them (and OpenAPI 3.2 recommends)."""
    values = VALUES[name]
    return {
        "title": name,
        "description": values.description,
        "type": "string",
        "enum": list(values.meanings),
        "oneOf": [
            {"const": value, "description": meaning} for value, meaning in values.meanings.items()
        ],
    }


def _ref(kind: type) -> dict[str, Any]:
    return {"$ref": _REFS.format(name=_PUBLIC_NAMES.get(kind.__name__, kind.__name__))}


def _operation(method: str, op: Operation[Any], server: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": op.name,
        "summary": op.summary,
        "security": _security(op),
        "responses": _responses(method, op, server),
    }
    if op.takes is not Nothing:
        content = {"schema": _ref(op.takes), "examples": examples(op.takes)}
        described["requestBody"] = {
            "required": needed(op.takes),
            "content": {JSON: content, forms.FORM: content},
        }
    return described


def _security(op: Operation[Any]) -> list[dict[str, list[str]]]:
    """All of its cookies, or, for a call that works without them, none."""
    read: dict[str, list[str]] = {_COOKIES[name][0]: [] for name in op.reads}
    if not read:
        return []
    return [read] if _WITHOUT.intersection(op.problems) else [read, {}]


def _responses(method: str, op: Operation[Any], server: str) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, kind in op.answers.items():
        responses[str(status)] = {"description": op.summary}
        if kind is not None:
            content = {"schema": _ref(kind), "examples": examples(kind, op.name)}
            responses[str(status)]["content"] = {JSON: content}
    if op.page:
        responses["303"] = {"description": "The same for a form: go on with the next page."}
    names = dict.fromkeys((*op.problems, *(() if method in SAFE else _EVERY_CHANGE), *_EVERY_CALL))
    by_status: dict[int, list[str]] = {}
    for name in names:
        by_status.setdefault(PROBLEM_TYPES[name].status, []).append(name)
    for status, several in sorted(by_status.items()):
        responses[str(status)] = _problem(several, server)
        if op.page:
            responses[str(status)]["content"]["text/html"] = _PAGE
    return responses


def _problem(names: list[str], server: str) -> dict[str, Any]:
    types = [
        {"const": f"{server}{PATH}{name}", "description": " ".join(WHAT_TO_DO[name])}
        for name in names
    ]
    said = {"enum": [each["const"] for each in types], "oneOf": types}
    return {
        "description": "; ".join(f"{name}: {PROBLEM_TYPES[name].title}" for name in names),
        "content": {
            PROBLEM: {
                "schema": {"allOf": [_ref(Problem), {"properties": {"type": said}}]},
                "examples": {name: problem_example(name, server) for name in names},
            }
        },
    }
