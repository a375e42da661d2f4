"""Interceptors of requests to AWS, and the WSGI middleware that calls them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws_error import StartResponse, WsgiApp, aws_error_response


@dataclass(frozen=True)
class ErrorResponse:
    """AWS's error response to a request that is not to reach moto."""

    code: str
    message: str


Interceptor = Callable[[Mapping[str, Any], bytes], ErrorResponse | None]
"""Takes a request's WSGI environment and its body; ``None`` lets it pass."""


def with_interceptors(app: WsgiApp, interceptors: list[Interceptor]) -> WsgiApp:
    """WSGI middleware: ``app`` behind ``interceptors``. More may be added to the list later."""

    def call(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if interceptors:
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = io.BytesIO(body)
            for interceptor in interceptors:
                error = interceptor(environ, body)
                if error is not None:
                    return aws_error_response(start_response, 400, error.code, error.message)
        return app(environ, start_response)

    return call
