"""OpenAPI description (3.1), generated from the types that validate.

Nothing is said twice: bodies are the structs that read them, answers the types they are
written from, problems the table they are looked up in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.web import forms
from chalicelib.web.bodies import Nothing, needed
from chalicelib.web.origins import SAFE
from chalicelib.web.problem_types import PATH, PROBLEM_TYPES
from chalicelib.web.problems import FieldError
from chalicelib.web.response import JSON, PROBLEM
from chalicelib.web.routes import Operation

_REFS = "#/components/schemas/{name}"
_EVERY_CALL = ("internal", "try-later")
_EVERY_CHANGE = (
    "malformed",
    "foreign-origin",
    "cross-site-fetch",
    "too-large",
    "unsupported-media-type",
    "invalid",
)


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457. The last part of ``type`` is stable, and ``type`` leads to a page about it; the
    rest is for the applicant."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET
    suggestion: str | msgspec.UnsetType = msgspec.UNSET
    attempts_left: int | msgspec.UnsetType = msgspec.UNSET
    retry_after: int | msgspec.UnsetType = msgspec.UNSET
    retry_at: datetime | msgspec.UnsetType = msgspec.UNSET
    challenge: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    allow: list[str] | msgspec.UnsetType = msgspec.UNSET
    hint: str | msgspec.UnsetType = msgspec.UNSET


Operations = Mapping[str, Mapping[str, Operation[Any]]]


def document(operations: Operations, *, server: str, build: str) -> dict[str, Any]:
    """The whole description of ``operations`` (path, method), served at ``server``."""
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
        "components": {"schemas": _schemas(operations)},
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
    return dict(sorted(components.items()))


def _ref(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REFS)
    return dict(schema)


def _operation(method: str, op: Operation[Any], server: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": op.name,
        "summary": op.summary,
        "responses": _responses(method, op, server),
    }
    if op.takes is not Nothing:
        schema = {"schema": _ref(op.takes)}
        described["requestBody"] = {
            "required": needed(op.takes),
            "content": {JSON: schema, forms.FORM: schema},
        }
    return described


def _responses(method: str, op: Operation[Any], server: str) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, kind in op.answers.items():
        responses[str(status)] = {"description": op.summary}
        if kind is not None:
            responses[str(status)]["content"] = {JSON: {"schema": _ref(kind)}}
    if op.page:
        responses["303"] = {"description": "The same for a form: go on with the next page."}
    names = dict.fromkeys((*op.problems, *(() if method in SAFE else _EVERY_CHANGE), *_EVERY_CALL))
    by_status: dict[int, list[str]] = {}
    for name in names:
        by_status.setdefault(PROBLEM_TYPES[name].status, []).append(name)
    for status, several in sorted(by_status.items()):
        responses[str(status)] = _problem(several, server)
    return responses


def _problem(names: list[str], server: str) -> dict[str, Any]:
    types = {"properties": {"type": {"enum": [f"{server}{PATH}{name}" for name in names]}}}
    return {
        "description": "; ".join(f"{name}: {PROBLEM_TYPES[name].title}" for name in names),
        "content": {PROBLEM: {"schema": {"allOf": [_ref(Problem), types]}}},
    }
