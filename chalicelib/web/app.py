"""``TodokuApp``, the one subclass of Chalice: whatever arrives, a proper answer leaves.

Chalice routes, and what it answers by itself is reshaped here. Two things it does not give:
``current_request`` for several threads (Lambda runs one request at a time, the local server
does not), and an answer to events it cannot read.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from chalice.app import Chalice
from chalice.app import Request as ChaliceRequest
from chalice.app import Response as ChaliceResponse

from chalicelib.config import Config
from chalicelib.errors import TodokuError
from chalicelib.web import language, log, origins, problems
from chalicelib.web.error_response import error_response
from chalicelib.web.errors import (
    CrossSiteFetch,
    Malformed,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    UnsupportedMediaType,
)
from chalicelib.web.event import OVERRIDES, normalize, parse_body, parse_head
from chalicelib.web.response import (
    HTML,
    PROBLEM,
    ProxyResponse,
    Response,
    chalice_response,
    see_other,
    with_security_headers,
)
from chalicelib.web.routes import Handler, Operation, Routes

if TYPE_CHECKING:
    from chalicelib.factory import Services

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Every path answers all of them, if only with 405: API Gateway never asks us about a method
that is not declared."""

API = "/api/"

REST = "/{rest+}"
"""API Gateway's pattern for every path that no other one matches."""


def _installed() -> Services:
    # Imported with the first request: `chalice package` imports the app without settings.
    from chalicelib import factory

    return factory.services()


class TodokuApp(Chalice):
    """The app: ``include`` the routes of each module, as a Chalice app registers blueprints.

    ``services`` gives the process's services, when they are first needed.
    """

    FORMAT_STRING = "%(message)s"

    def __init__(self, services: Callable[[], Services] = _installed) -> None:
        self._thread = threading.local()
        self._services = services
        self.operations: dict[str, dict[str, Operation[Any]]] = {}
        """The API's calls that were included, by path and method: what OpenAPI describes."""
        super().__init__(log.NAME)
        # All we send is text: without these the gateway never encodes a body, and Chalice does
        # not compare every Accept with each of them.
        self.api.binary_types = []

    def _configure_log_level(self) -> None:
        self.log.setLevel(logging.INFO)

    @property
    def current_request(self) -> ChaliceRequest | None:
        """This thread's request."""
        return getattr(self._thread, "request", None)

    @current_request.setter
    def current_request(self, request: ChaliceRequest | None) -> None:
        self._thread.request = request

    @property
    def lambda_context(self) -> Any:
        """This thread's context."""
        return getattr(self._thread, "context", None)

    @lambda_context.setter
    def lambda_context(self, context: Any) -> None:
        self._thread.context = context

    def include(self, routes: Routes) -> None:
        """Answer what these routes answer: HEAD as GET without its body, OPTIONS with what is
        allowed, every other method with 405."""
        for path, handlers in routes.handlers.items():
            self._declare(path, _by_method(handlers))
            operations = {m: h for m, h in handlers.items() if isinstance(h, Operation)}
            if operations:
                self.operations[path] = operations
        if routes.fallback is not None:
            fallback = routes.fallback
            self._declare(
                REST,
                lambda event, services: fallback(
                    services, parse_head(event, secure=services.config.secure)
                ),
            )

    def _declare(self, path: str, answer: Callable[[dict[str, Any], Services], Response]) -> None:
        def view(**parameters: str) -> ChaliceResponse:
            assert self.current_request is not None
            event = self.current_request.to_original_event()
            try:
                services = self._services()
                return chalice_response(answer(event, services), secure=services.config.secure)
            except Exception as error:
                return self._failed(event, error)

        # Content types are checked by us, with a proper answer: none are told to Chalice.
        self.route(path, name=path, methods=list(METHODS), content_types=[])(view)

    def __call__(self, event: Any, context: Any) -> ProxyResponse:
        """The answer to any event. Never raises."""
        started = perf_counter()
        known: dict[str, Any] | None = None
        try:
            known = normalize(event)
            answer = self._finished(self._routed(known, context), known)
        except Exception as error:
            try:
                answer = self._finished(self._failed(known, error).to_dict(), known)
            except Exception as another:
                answer = self._finished(_last_resort(another).to_dict(), known)
        self._log(known, answer, perf_counter() - started)
        return answer

    def _routed(self, event: dict[str, Any], context: Any) -> ProxyResponse:
        route: str = event["requestContext"]["resourcePath"]
        # Asked with `in`: Chalice's table is a defaultdict that would grow by every miss.
        if route not in self.routes:
            raise NotFound
        if event["requestContext"]["httpMethod"] not in self.routes[route]:
            raise MethodNotAllowed(tuple(self.routes[route]))
        answer: ProxyResponse = super().__call__(event, context)
        status = answer["statusCode"]
        if status >= 400 and answer["headers"].get("Content-Type") not in (PROBLEM, HTML):
            raise _chalices_own(status)
        return answer

    def _failed(self, event: dict[str, Any] | None, error: Exception) -> ChaliceResponse:
        """What is answered instead, whatever went wrong; never raises."""
        try:
            services = self._services()
            secure = services.config.secure
            request = parse_head(event, secure=secure) if event else None
            locale = request.locale if request else language.DEFAULT
            if isinstance(error, TodokuError):
                problem = problems.problem_for(error, locale, services)
            else:
                log.unexpected_error(error)
                problem = problems.internal_problem(locale)
            # The script that is told this reads no page, whatever kind of body it sent.
            page = request and not isinstance(error, CrossSiteFetch)
            told = (
                error_response(services, request, problem)
                if page and request
                else problems.problem_response(problem, services.config.base_url)
            )
            return chalice_response(told, secure=secure)
        except Exception as another:
            return _last_resort(another)

    def _finished(self, answer: ProxyResponse, event: dict[str, Any] | None) -> ProxyResponse:
        config: Config | None
        try:
            config = self._services().config
        except Exception:
            # Told already, by what was answered.
            config = None
        context = event["requestContext"] if event else {}
        return with_security_headers(
            answer,
            config=config,
            api=context.get("resourcePath", API).startswith(API),
            sent=event["headers"] if event else {},
            head=context.get("httpMethod") == "HEAD",
        )

    def _log(self, event: dict[str, Any] | None, answer: ProxyResponse, seconds: float) -> None:
        context = event["requestContext"] if event else {}
        route = context.get("resourcePath", "")
        method = context.get("httpMethod", "")
        log.request(
            method=method if method in METHODS else "other",
            route=route if route in self.routes else "unknown",
            status=answer["statusCode"],
            ms=seconds * 1000,
            id=str(context.get("requestId", "")),
        )


class _Unexpected(Exception):
    """Chalice caught what a view of its own raised, and told it in its own way."""


def _chalices_own(status: int) -> Exception:
    """What Chalice meant by an answer it made itself."""
    match status:
        case 400:
            return Malformed("refused by the framework")
        case 404:
            return NotFound()
        case 415:
            return UnsupportedMediaType()
        case _:
            return _Unexpected(status)


def _last_resort(error: Exception) -> ChaliceResponse:
    """When even telling the problem failed: it needs nothing but this function."""
    log.unexpected_error(error)
    return chalice_response(
        problems.problem_response(problems.internal_problem(language.DEFAULT), ""), secure=True
    )


def _form_of(handlers: Mapping[str, Handler]) -> Operation[Any] | None:
    """The call that a page's form makes here, if there is one."""
    return next((h for h in handlers.values() if isinstance(h, Operation) and h.page), None)


def _by_method(
    handlers: Mapping[str, Handler],
) -> Callable[[dict[str, Any], Services], Response]:
    """What answers one path: the handler for the request's method."""
    allowed = tuple(
        m for m in METHODS if m in handlers or m == "OPTIONS" or (m == "HEAD" and "GET" in handlers)
    )

    def answer(event: dict[str, Any], services: Services) -> Response:
        request = parse_head(event, secure=services.config.secure)
        if request.method == "OPTIONS":
            more = origins.preflight(request.headers, allowed, services.config)
            return Response(204, headers={"Allow": ", ".join(allowed), **more})
        overridable = request.method == "POST" and OVERRIDES & handlers.keys()
        if request.method not in allowed and not overridable:
            if request.method == "GET" and request.html and (form := _form_of(handlers)):
                # A browser that loads the answer to a form again asks with GET.
                return see_other(f"{request.prefix}{form.page}")
            raise MethodNotAllowed(allowed)
        origins.check(request.method, request.headers, services.config)
        if request.method not in origins.SAFE:
            try:
                request = parse_body(request, event)
            except TooLarge as error:
                form = _form_of(handlers)
                if form is None or not request.html:
                    raise
                return form.too_large(services, request, error)
        handler = handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise MethodNotAllowed(allowed)
        return handler(services, request)

    return answer
