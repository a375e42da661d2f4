"""An HTTP client for the deployed service, with cookies; it follows no redirects."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_USER_AGENT = "todoku-smoke-test"
"""The firewall refuses requests without a User-Agent."""
_TIMEOUT = 30.0
"""Seconds for one answer: a first cold start has to fit in."""


@dataclass(frozen=True)
class HttpResponse:
    """One HTTP response; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The body as JSON; nothing where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def media_type(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def problem(self) -> str:
        """The name of the problem type (RFC 9457), empty where the body is none."""
        if self.media_type != "application/problem+json" or not isinstance(self.json, dict):
            return ""
        return str(self.json.get("type", "")).rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.status} {self.problem or self.media_type}".strip()


class HttpClient:
    """A client of the service at ``url``, with or without a stage's path behind the host."""

    def __init__(self, url: str) -> None:
        """Raises ``ValueError`` when that is no http address."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url} is no address such as https://entry.example.lg.jp/")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._cookies: dict[str, str] = {}

    def request(
        self,
        method: str,
        path: str,
        value: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send one request, ``value`` as its JSON body.

        Raises ``OSError`` or ``http.client.HTTPException``.
        """
        sent = {"User-Agent": _USER_AGENT, "Accept": "application/json", **(headers or {})}
        if value is not None:
            sent["Content-Type"] = "application/json"
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{n}={v}" for n, v in self._cookies.items())
        connection = self._connection()
        try:
            body = None if value is None else json.dumps(value)
            connection.request(method, self._prefix + path, body, sent)
            response = connection.getresponse()
            for cookie in response.headers.get_all("set-cookie", []):
                name, _, kept = cookie.partition(";")[0].partition("=")
                self._cookies[name.strip()] = kept
            told = {name.lower(): text for name, text in response.getheaders()}
            return HttpResponse(response.status, told, response.read())
        finally:
            connection.close()

    def get_page(self, path: str) -> HttpResponse:
        """Get a page, as a browser asks for it."""
        return self.request("GET", path, headers={"Accept": "text/html"})

    def _connection(self) -> http.client.HTTPConnection:
        if not self.secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT)
        trusted = ssl.create_default_context()
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=_TIMEOUT, context=trusted
        )
