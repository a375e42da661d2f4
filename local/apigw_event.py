"""API Gateway's proxy event (REST API, format 1.0), from a request and back to a response."""

from __future__ import annotations

import base64
import time
import uuid
from typing import Any

from local.http_message import HttpRequest, HttpResponse


def proxy_event(
    request: HttpRequest, resource_path: str, parameters: dict[str, str], prefix: str, account: str
) -> dict[str, Any]:
    """The proxy event for a declared path. ``prefix`` is the stage's part of the path, or empty:
    ``path`` comes without it, ``requestContext.path`` with it."""
    path = request.path[len(prefix) :] or "/"
    several: dict[str, list[str]] = {}
    for name, value in request.headers:
        several.setdefault(name, []).append(value)
    query = request.query
    body, encoded = _body(request.body)
    now = time.time()
    return {
        "resource": resource_path,
        "path": path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
        "queryStringParameters": {n: v[-1] for n, v in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": account,
            "apiId": "local",
            "domainName": request.header("Host"),
            "extendedRequestId": uuid.uuid4().hex,
            "httpMethod": request.method,
            "identity": {"sourceIp": request.client, "userAgent": request.header("User-Agent")},
            "path": prefix + path if path != "/" or not prefix else f"{prefix}/",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid.uuid4()),
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "requestTimeEpoch": int(now * 1000),
            "resourceId": "local",
            "resourcePath": resource_path,
            "stage": prefix.strip("/") or "local",
        },
        "body": body,
        "isBase64Encoded": encoded,
    }


def _body(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def http_response(result: Any) -> HttpResponse:
    """The response in a proxy integration's result. Raises ``ValueError`` when it is malformed."""
    try:
        status, body = int(result["statusCode"]), result.get("body") or ""
        raw = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
        several = result.get("multiValueHeaders") or {}
        headers = [(n, str(v)) for n, v in (result.get("headers") or {}).items()]
        headers = [(n, v) for n, v in headers if n not in several]
        headers += [(n, str(v)) for n, values in several.items() for v in values]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"malformed proxy response: {error}") from None
    if any("\n" in text or "\r" in text for header in headers for text in header):
        raise ValueError("a header with a line break")
    return HttpResponse(status, tuple(headers), raw)
