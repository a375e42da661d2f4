"""API Gateway's proxy event (payload version 1), read into a ``Request``.

In two steps: ``parse_head`` reads what stands before the body and never fails on a well-formed
event, so that even an error knows its language; ``parse_body`` adds the body or raises.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from chalicelib.web import cookies, forms, language
from chalicelib.web.errors import Malformed, TooLarge, UnsupportedMediaType
from chalicelib.web.request import Request
from chalicelib.web.response import JSON

LARGEST_BODY = 16 * 1024
"""Bytes. The largest honest request, an address with a proof of work, is under 2 KB."""

OVERRIDES = frozenset({"PUT", "DELETE"})
"""The methods a form, which can only post, may name in ``_method``."""

_PARAMETER = re.compile(r"{(\w+)\+?}")
_PREFIX = re.compile(r"(/[A-Za-z0-9_~.-]+)*")


def normalize(event: Any) -> dict[str, Any]:
    """``event`` with every key that Chalice reads, so that none is missing further on, and its
    headers as ``_headers`` has them.

    Raises ``Malformed`` when it is not an event of a REST API.
    """
    if not isinstance(event, dict):
        raise Malformed("not an event")
    context = event.get("requestContext")
    if not isinstance(context, dict):
        raise Malformed("no requestContext")
    route = context.get("resourcePath")
    if not isinstance(route, str):
        raise Malformed("no resourcePath")
    if not isinstance(context.get("httpMethod"), str):
        raise Malformed("no httpMethod")
    parameters = _mapping(event, "pathParameters")
    if any(not isinstance(parameters.get(p), str) for p in _PARAMETER.findall(route)):
        raise Malformed("a path parameter is missing")
    return {
        **event,
        "headers": _headers(event),
        "queryStringParameters": _mapping(event, "queryStringParameters"),
        "multiValueQueryStringParameters": _mapping(event, "multiValueQueryStringParameters"),
        "pathParameters": parameters,
        "stageVariables": _mapping(event, "stageVariables"),
        "body": event.get("body"),
    }


def parse_head(event: Mapping[str, Any], *, secure: bool) -> Request:
    """Everything but the body of a ``normalize`` event."""
    fields = event["headers"]
    query = _query(event)
    sent = cookies.read(fields.get("cookie", ""), secure=secure)
    context = event["requestContext"]
    identity = context.get("identity")
    path, prefix = _path(event)
    chosen = language.chosen(query, sent)
    return Request(
        method=context["httpMethod"].upper(),
        path=path,
        prefix=prefix,
        query=query,
        headers=fields,
        cookies=sent,
        client=str(identity.get("sourceIp") or "") if isinstance(identity, dict) else "",
        body=b"",
        content_type="",
        locale=chosen or language.accepted(fields.get("accept-language", "")),
        chosen=chosen,
        html=_wants_html(context["httpMethod"].upper(), fields),
        parameters=_parameters(event),
    )


def parse_body(request: Request, event: Mapping[str, Any]) -> Request:
    """``request`` with its body, and with the method that a form named in ``_method``.

    Raises ``TooLarge``, ``UnsupportedMediaType`` or ``Malformed``.
    """
    content = _bytes(event)
    if len(content) > LARGEST_BODY:
        raise TooLarge(content[:LARGEST_BODY])
    if not content:
        return request
    media_type, charset = _media_type(request.headers.get("content-type", ""))
    if media_type not in (JSON, forms.FORM) or charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType
    request = replace(request, body=content, content_type=media_type)
    if media_type == forms.FORM and request.method == "POST":
        method = forms.parse(content).get("_method", "POST")
        if method != "POST" and method not in OVERRIDES:
            raise Malformed("_method may be PUT or DELETE")
        request = replace(request, method=method)
    return request


def _mapping(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = event.get(name)
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    """The strings among a header's or parameter's values, whatever else an event may hold."""
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    """Names in lower case. Repeated headers are joined as HTTP allows (RFC 9110 section 5.3),
    cookies by semicolons (RFC 9113 section 8.2.3)."""
    fields: dict[str, str] = {}
    for name, value in _mapping(event, "multiValueHeaders").items():
        name = name.lower()
        for text in _texts(value):
            before = fields.get(name)
            between = "; " if name == "cookie" else ", "
            fields[name] = text if before is None else f"{before}{between}{text}"
    for name, value in _mapping(event, "headers").items():
        if name.lower() not in fields and isinstance(value, str):
            fields[name.lower()] = value
    return fields


def _query(event: Mapping[str, Any]) -> dict[str, str]:
    several = {
        name: _texts(value) for name, value in event["multiValueQueryStringParameters"].items()
    }
    single = {name: _texts(value) for name, value in event["queryStringParameters"].items()}
    return {name: values[-1] for name, values in {**single, **several}.items() if values}


def _parameters(event: Mapping[str, Any]) -> dict[str, str]:
    """Path parameters, decoded here because neither API Gateway nor Chalice does."""
    return {
        name: unquote(value)
        for name, value in event["pathParameters"].items()
        if isinstance(value, str)
    }


def _path(event: Mapping[str, Any]) -> tuple[str, str]:
    """The path as our routes know it, and what stands before it in addresses.

    ``requestContext.path`` begins with the stage, or with a custom domain's base path; the
    route with its parameters filled in is how it ends. The prefix goes into links and
    redirects, so it is kept only when it is plain path segments (never ``//elsewhere``).
    """
    context = event["requestContext"]
    parameters = event["pathParameters"]
    # Every parameter is there: ``normalize`` has seen to it.
    path = _PARAMETER.sub(lambda found: parameters[found[1]], context["resourcePath"])
    whole = context.get("path")
    whole = whole.rstrip("/") if isinstance(whole, str) else ""
    bare = path.rstrip("/")
    prefix, found, rest = whole.rpartition(bare) if bare else (whole, "/", "")
    if not found or rest or not _PREFIX.fullmatch(prefix):
        prefix = ""
    return unquote(path), prefix


def _wants_html(method: str, fields: Mapping[str, str]) -> bool:
    media_type, _ = _media_type(fields.get("content-type", ""))
    if method not in ("GET", "HEAD") and media_type == forms.FORM:
        return True
    if media_type == JSON:
        return False
    html = json = 0.0
    for name, weight in language.weighted(fields.get("accept", "")):
        if name in ("text/html", "application/xhtml+xml"):
            html = max(html, weight)
        elif name in (JSON, "application/problem+json"):
            json = max(json, weight)
    return html > json


def _media_type(header: str) -> tuple[str, str]:
    """A Content-Type's media type and charset, lower case, empty where there is none."""
    media_type, *parameters = (part.strip().lower() for part in header.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return media_type, value.strip().strip('"')
    return media_type, ""


def _bytes(event: Mapping[str, Any]) -> bytes:
    content = event.get("body")
    if content is None:
        return b""
    try:
        if isinstance(content, str):
            content = content.encode()
        if not isinstance(content, bytes):
            raise Malformed("the body is no text")
        if event.get("isBase64Encoded"):
            return base64.b64decode(content, validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Malformed("the body cannot be decoded") from error
    return content
