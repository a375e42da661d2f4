"""API Gateway: the declared paths of the API function, below a stage's prefix."""

from __future__ import annotations

import logging

from local.account import ACCOUNT
from local.apigw_event import ApiRoutes, HttpRequest, HttpResponse, http_response, proxy_event
from local.app_functions import API
from local.gateway_responses import GatewayResponses
from local.lambda_service import LambdaService

log = logging.getLogger("local")


class ApiGateway:
    """Invokes the API function for a declared path; else it answers for itself."""

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
        declared, parameters = found
        try:
            event = proxy_event(request, declared, parameters, prefix, ACCOUNT)
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
