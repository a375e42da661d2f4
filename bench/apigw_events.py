"""Requests as API Gateway hands them over (REST API, proxy event version 1)."""

from __future__ import annotations

import json
from typing import Any

BROWSER = {
    "Host": "entry.example.lg.jp",
    "User-Agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile",
    "Accept-Language": "ja-JP,ja;q=0.9,en-US;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
}


def event(method: str, path: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    """One request from a phone's browser. ``_`` in the names of headers stands for ``-``."""
    own = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**BROWSER, **own}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "path": path,
            "httpMethod": method,
            "stage": "prod",
            "protocol": "HTTP/1.1",
            "requestId": "00000000-0000-0000-0000-000000000000",
            "identity": {"sourceIp": "203.0.113.9", "userAgent": sent["User-Agent"]},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def register() -> dict[str, Any]:
    """``POST /registrations`` from a script of the page."""
    return _asking("taro.yamada@gmail.com")


def refused() -> dict[str, Any]:
    """The same with an address that cannot be mailed to."""
    return _asking("taro.yamada@gmail..com")


def _asking(email: str) -> dict[str, Any]:
    return event(
        "POST",
        "/api/v1/registrations",
        json.dumps({"email": email, "locale": "ja"}),
        Content_Type="application/json",
        Accept="application/json",
        Origin="https://entry.example.lg.jp",
        Sec_Fetch_Site="same-origin",
    )


def first_page() -> dict[str, Any]:
    """The start page, asked for by a browser that was never here."""
    return event("GET", "/", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
