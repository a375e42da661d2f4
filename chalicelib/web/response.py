"""HTTP response: what a handler answers, and what is added to all on the way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from chalice.app import Response as ChaliceResponse

from chalicelib.config import Config
from chalicelib.web import cookies, origins
from chalicelib.web.cookies import Cookie

JSON = "application/json"
HTML = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"

ProxyResponse = dict[str, Any]
"""What API Gateway takes from a function (proxy integration, version 1)."""

HSTS = "max-age=63072000; includeSubDomains"
NOTHING_ACTIVE = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""Of every answer that is no page: whatever a browser takes it for, nothing in it runs. The pages'
own is in ``pages/render.py``."""


@dataclass(frozen=True)
class Response:
    """Status, body and what is particular to this answer."""

    status: int
    body: str = ""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()


def json(value: Any, status: int = 200, **more: Any) -> Response:
    """``value`` (dataclasses and structs included) as JSON."""
    return Response(status, msgspec.json.encode(value).decode(), JSON, **more)


def html(text: str, status: int = 200, **more: Any) -> Response:
    """A page."""
    return Response(status, text, HTML, **more)


def see_other(location: str, **more: Any) -> Response:
    """303: go on with a GET of ``location`` (prefix included)."""
    headers = {"Location": location, **more.pop("headers", {})}
    return Response(303, "", HTML, headers=headers, **more)


def chalice_response(response: Response, *, secure: bool) -> ChaliceResponse:
    """``response`` as Chalice takes it. Raises ``ValueError`` for a cookie that cannot be one."""
    headers: dict[str, str | list[str]] = {**response.headers}
    if response.body or response.status != 204:
        headers["Content-Type"] = response.content_type
    if response.cookies:
        headers["Set-Cookie"] = [cookies.write(c, secure=secure) for c in response.cookies]
    return ChaliceResponse(response.body, headers, response.status)


def with_security_headers(
    answer: ProxyResponse, *, config: Config | None, api: bool, sent: dict[str, str], head: bool
) -> ProxyResponse:
    """``answer`` with the headers of every answer, ``sent`` being the request's.

    Without a ``config``, because it cannot be read, https is assumed. ``api``: other origins
    may be allowed to read it. ``head``: it has no body. Raises ``ValueError`` when a header or
    the body could not be sent as it is.
    """
    # What is added below cannot be wrong; what a handler said can.
    _check(answer)
    headers: dict[str, str] = answer["headers"]
    for name, value in {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": NOTHING_ACTIVE,
        # A page that opens one of ours in a window learns nothing of it: cookies come along there.
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        headers.setdefault(name, value)
    if config is None or config.secure:
        headers["Strict-Transport-Security"] = HSTS
    if api and config is not None:
        headers.update(origins.cors(sent, config))
    if head:
        answer["body"] = ""
    return answer


def _check(answer: ProxyResponse) -> None:
    """Raise ``ValueError`` for what no client should get. Nothing is quoted: it may be secret."""
    pairs = list(answer["headers"].items())
    for name, values in answer.get("multiValueHeaders", {}).items():
        pairs += [(name, value) for value in values]
    for name, value in pairs:
        # RFC 9110 section 5.5, without obs-text: no control character may stand in a value,
        # above all no line break, after which a client would read a header of somebody else's.
        sound = isinstance(value, str) and value.isascii() and value.isprintable()
        if not sound or not name.isascii() or not name.replace("-", "").isalnum():
            raise ValueError(f"a header cannot be sent: {name!r}")
    if not isinstance(answer["body"], str):
        raise ValueError("the body is no text")
    answer["body"].encode()
