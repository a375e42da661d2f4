"""A visitor of the deployed service: plain HTTP, with cookies, and nothing followed."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_AGENT = "todoku-smoke-test"
"""The firewall refuses who does not say what it is."""
_PATIENCE = 30.0
"""Seconds for one answer: a first cold start has to fit in."""


@dataclass(frozen=True)
class Answer:
    """One answer; header names in lower case."""

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
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def problem(self) -> str:
        """The problem's name (RFC 9457), empty where this is none."""
        if self.kind != "application/problem+json" or not isinstance(self.json, dict):
            return ""
        return str(self.json.get("type", "")).rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.status} {self.problem or self.kind}".strip()


class Visitor:
    """Visits the service at ``url``, with or without a stage's path behind the host."""

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

    def ask(
        self,
        method: str,
        path: str,
        value: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, ``value`` as JSON. Raises ``OSError`` or ``http.client.HTTPException``."""
        sent = {"User-Agent": _AGENT, "Accept": "application/json", **(headers or {})}
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
            return Answer(response.status, told, response.read())
        finally:
            connection.close()

    def look(self, path: str) -> Answer:
        """A page, as a browser asks for it."""
        return self.ask("GET", path, headers={"Accept": "text/html"})

    def _connection(self) -> http.client.HTTPConnection:
        if not self.secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE)
        trusted = ssl.create_default_context()
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=_PATIENCE, context=trusted
        )
