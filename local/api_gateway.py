"""API Gateway of the local server: invokes the API function for the resource_path paths."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping

from local.account import ACCOUNT
from local.apigw_event import http_response, proxy_event
from local.app_functions import API
from local.gateway_responses import GatewayResponses
from local.http_message import HttpRequest, HttpResponse
from local.lambda_service import LambdaService

log = logging.getLogger("local")

_PARAMETER = re.compile(r"\{(\w+)(\+?)\}")


class ApiRoutes:
    """Routing table of the declared paths. A fixed part wins over a parameter."""

    def __init__(self, routes: Mapping[str, Iterable[str]]) -> None:
        """``routes``: path with ``{parameters}`` to its methods."""
        patterns = [(_pattern(path), path, frozenset(ways)) for path, ways in routes.items()]
        self._routes = sorted(
            patterns, key=lambda it: [p.startswith("{") for p in it[1].split("/")]
        )

    def find(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """The declared path and its parameters (not decoded, as the gateway passes them)."""
        for pattern, resource_path, methods in self._routes:
            match = pattern.fullmatch(path)
            if match and method in methods:
                return resource_path, match.groupdict()
        return None


def _pattern(path: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for found in _PARAMETER.finditer(path):
        parts.append(re.escape(path[end : found.start()]))
        parts.append(f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})")
        end = found.end()
    return re.compile("".join(parts) + re.escape(path[end:]))


class ApiGateway:
    """Invokes the API function for a declared path, else gives a gateway response."""

    def __init__(
        self, routes: ApiRoutes, functions: LambdaService, responses: GatewayResponses, prefix: str
    ) -> None:
        """``prefix``: the stage's part of the path (``/dev``), or empty."""
        self._routes = routes
        self._functions = functions
        self._responses = responses
        self._prefix = prefix

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The response to a request that was read."""
        path, prefix = request.path, self._prefix
        if prefix and not f"{path}/".startswith(f"{prefix}/"):
            return self._responses.response("MISSING_AUTHENTICATION_TOKEN")
        found = self._routes.find(request.method, path[len(prefix) :] or "/")
        if found is None:
            return self._responses.response("MISSING_AUTHENTICATION_TOKEN")
        resource_path, parameters = found
        try:
            event = proxy_event(request, resource_path, parameters, prefix, ACCOUNT)
            return http_response(self._functions.invoke(API, event))
        except Exception:
            log.exception("the API function failed")
            return self._responses.response("INTEGRATION_FAILURE")

    def too_large(self, _: HttpRequest) -> HttpResponse:
        """The response to a request whose body is over the limit."""
        return self._responses.response("REQUEST_TOO_LARGE")

    def malformed(self, _: HttpRequest) -> HttpResponse:
        """The response to a request whose body has no clear length."""
        return self._responses.response("BAD_REQUEST_BODY")
