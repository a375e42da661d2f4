"""Who calls the app as API Gateway does: one proxy event (version 1) a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from chalicelib.factory import Services
from chalicelib.web.api import meta, registrations, session
from chalicelib.web.app import TodokuApp as App
from chalicelib.web.request import Request
from chalicelib.web.routes import Handler, Routes
from tests.web.services import TOKEN, RecordedServices

FORM = "application/x-www-form-urlencoded"
REGISTRATIONS = "/api/v1/registrations"
CURRENT = f"{REGISTRATIONS}/current"


@dataclass(frozen=True)
class Answer:
    """What left the app, headers in lower case."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The name of the problem; a failure when it is none."""
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.json["status"] == self.status
        return str(self.json["type"]).rpartition("/problems/")[2]


def event(
    method: str,
    path: str,
    *,
    route: str | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
    query: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    body: str | None = None,
    stage: str = "",
    **more: Any,
) -> dict[str, Any]:
    """An event as API Gateway makes it."""
    several = {
        name: value if isinstance(value, list) else [value]
        for name, value in (headers or {}).items()
    }
    return {
        "resource": route or path,
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in several.items()} or None,
        "multiValueHeaders": several or None,
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {n: [v] for n, v in query.items()} if query else None,
        "pathParameters": dict(parameters) if parameters else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route or path,
            "httpMethod": method,
            "path": f"{stage}{path}",
            "requestId": "request-1",
            "identity": {"sourceIp": "203.0.113.9"},
        },
        "body": body,
        "isBase64Encoded": False,
        **more,
    }


API = (registrations.routes, session.routes, meta.routes)


def application(service: RecordedServices, routes: Iterable[Routes] = API) -> App:
    """The API's routes (or these) over ``service``."""
    made = App(lambda: service)
    for each in routes:
        made.include(each)
    return made


def serving(**handlers: Handler) -> Routes:
    """Routes with one path, ``/thing``, and these handlers by method."""
    routes = Routes()
    routes.handlers["/thing"] = dict(handlers)
    return routes


@dataclass
class Visitor:
    """A browser or a program: keeps no cookies, sends what it is told."""

    service: RecordedServices = field(default_factory=RecordedServices)
    routes: Iterable[Routes] = API

    def __post_init__(self) -> None:
        self.app = application(self.service, self.routes)

    def send(self, sent: Any) -> Answer:
        answer = self.app(sent, None)
        json.dumps(answer).encode()
        return Answer(
            answer["statusCode"],
            {name.lower(): value for name, value in answer["headers"].items()},
            answer["multiValueHeaders"].get("Set-Cookie", []),
            answer["body"],
        )

    def ask(self, method: str, path: str, **more: Any) -> Answer:
        return self.send(event(method, path, **more))

    def json(
        self, method: str, path: str, value: Any = None, *, token: str = TOKEN, **more: Any
    ) -> Answer:
        headers = {"Content-Type": "application/json", **self._cookie(token)}
        headers |= more.pop("headers", {})
        body = None if value is None else json.dumps(value)
        return self.ask(method, path, headers=headers, body=body, **more)

    def form(
        self, path: str, fields: Mapping[str, str], *, token: str = TOKEN, **more: Any
    ) -> Answer:
        headers = {"Content-Type": FORM, "Accept": "text/html", **self._cookie(token)}
        headers |= more.pop("headers", {})
        return self.ask("POST", path, headers=headers, body=urlencode(fields), **more)

    def _cookie(self, token: str) -> dict[str, str]:
        prefix = "__Host-" if self.service.config.secure else ""
        return {"Cookie": f"{prefix}todoku_registration={token}"} if token else {}


def answering(reply: Any) -> Visitor:
    """An app with one path, ``/thing``, that answers ``reply`` to GET and POST."""

    def handler(services: Services, request: Request) -> Any:
        if isinstance(reply, Exception):
            raise reply
        return reply

    return Visitor(routes=[serving(GET=handler, POST=handler)])
