"""AWS's JSON error response, over WSGI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

StartResponse = Callable[..., Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def aws_error_response(
    start_response: StartResponse, status: int, code: str, message: str
) -> Iterable[bytes]:
    """The response with this error code."""
    body = json.dumps({"__type": code, "message": message}).encode()
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("X-Amzn-ErrorType", code)]
    start_response(f"{status} Error", headers)
    return [body]
