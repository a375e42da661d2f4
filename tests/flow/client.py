"""A client that speaks real HTTP: its own network, its own cookies, JSON or forms."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.flow import page

REGISTRATIONS = "/api/v1/registrations"
CURRENT = f"{REGISTRATIONS}/current"
CODE = f"{CURRENT}/code"
EMAIL = f"{CURRENT}/email"
VERIFICATION = f"{CURRENT}/verification"
ACCOUNT = f"{CURRENT}/account"
SESSION = "/api/v1/session"
FORM = "application/x-www-form-urlencoded"
REGISTRATION_COOKIE = "todoku_registration"
PATIENCE = 10.0
"""Seconds a condition may take before a test fails; nothing waits for them to pass."""
IDLE = 5.0
"""Seconds after which a server may have closed a connection that was kept."""


@dataclass(frozen=True)
class Answer:
    """One answer as it came over the wire; header names in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key == name.lower()]

    def header(self, name: str) -> str:
        """The one value of a header that is there."""
        (value,) = self.all(name)
        return value

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def page(self) -> page.Page:
        """The body as a page; a failure when it is none."""
        assert self.header("content-type") == "text/html; charset=utf-8", self
        return page.read(self.text)

    @property
    def problem(self) -> str:
        """The problem's name; a failure when this is none, or one that contradicts itself."""
        assert self.header("content-type") == "application/problem+json", self
        told = self.json
        assert told["status"] == self.status
        assert told["title"]
        assert told["detail"]
        if "retry_after" in told:
            assert self.header("retry-after") == str(told["retry_after"])
        return str(told["type"]).rpartition("/problems/")[2]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Field and code of every invalid field."""
        return [(e["field"], e["code"]) for e in self.json.get("errors", [])]


class Client:
    """A browser, or a program.

    ``source`` is the 127.x.y.z that it connects from; if empty, it is wherever this machine
    is. ``prefix`` is the stage's part of JSON's paths. ``patience``: seconds that the service
    may take to get where it is waited for.
    """

    def __init__(self, url: str, source: str, prefix: str = "", patience: float = PATIENCE) -> None:
        self.source = source
        self.prefix = prefix
        self.patience = patience
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        """Sent with every request."""
        self._at = urlsplit(url)
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0

    def send(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request as it is; the cookies that come back are kept."""
        sent = {**self.headers, **(headers or {})}
        if self.cookies and "Cookie" not in sent:
            sent["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        connection = self.connect()
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(
                response.status,
                [(n.lower(), v) for n, v in response.getheaders()],
                response.read(),
            )
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        for cookie in answer.all("set-cookie"):
            self.keep(cookie)
        return answer

    def json(
        self,
        method: str,
        path: str,
        value: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A request with ``value`` as JSON, or without a body."""
        more = dict(headers or {})
        body = None
        if value is not None:
            body = json.dumps(value)
            more.setdefault("Content-Type", "application/json")
        return self.send(method, self.prefix + path, body, more)

    def form(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A form's post, as a browser sends it. ``path`` is the form's own action."""
        more = {"Content-Type": FORM, "Accept": "text/html", **(headers or {})}
        return self.send("POST", path, urlencode(fields), more)

    def look(self, path: str) -> Answer:
        """A page, as a browser asks for it."""
        return self.send("GET", path, None, {"Accept": "text/html"})

    def submit(self, form: page.Form, **typed: str) -> Answer:
        """A form of a page with what was typed; what it hides goes along."""
        assert typed.keys() <= form.fields.keys(), form
        return self.form(form.action, {**form.fields, **typed})

    # The steps of a registration, as JSON.

    def register(self, email: str, **more: Any) -> Answer:
        return self.json("POST", REGISTRATIONS, {"email": email, **more})

    def correct(self, email: str, **more: Any) -> Answer:
        return self.json("PUT", EMAIL, {"email": email, **more})

    def send_again(self, **more: Any) -> Answer:
        return self.json("POST", CODE, more or None)

    def verify(self, code: str) -> Answer:
        return self.json("POST", VERIFICATION, {"code": code})

    def complete(self, password: str) -> Answer:
        return self.json("POST", ACCOUNT, {"password": password})

    def cancel(self) -> Answer:
        return self.json("DELETE", CURRENT)

    def current(self) -> Any:
        """The registration as it is now; a failure when there is none."""
        answer = self.json("GET", CURRENT)
        assert answer.status == 200, answer
        return answer.json

    def until(self, condition: Callable[[Any], Any], what: str = "the registration") -> Any:
        """The registration, once ``condition`` holds for it."""
        seen: list[Any] = []

        def holds() -> bool:
            seen[:] = [self.current()]
            return bool(condition(seen[0]))

        until(holds, lambda: f"{what} is still {seen}", self.patience)
        return seen[0]

    def awaiting_code(self) -> Any:
        """The registration, once its first mail has been delivered."""
        return self.until(
            lambda it: it["state"] == "awaiting_code" and it["delivery"]["state"] == "delivered"
        )

    def close(self) -> None:
        """Hang up; the next request connects anew."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def connect(self) -> http.client.HTTPConnection:
        """The connection that requests go over."""
        if time.monotonic() > self._used + IDLE:
            self.close()
        self._used = time.monotonic()
        if self._connection is None:
            self._connection = self._connect()
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._connection

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._at.hostname, self._at.port
        assert host is not None
        source = (self.source, 0) if self.source else None
        if self._at.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=20, source_address=source)
        # API Gateway gives up on a function after 29 seconds.
        return http.client.HTTPSConnection(
            host, port, timeout=35, source_address=source, context=ssl.create_default_context()
        )

    def keep(self, cookie: str) -> None:
        pair, *attributes = (part.strip() for part in cookie.split(";"))
        name, _, value = pair.partition("=")
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


def at_once(
    make: Callable[..., Client], browser: Client, do: Callable[[Client], Answer], count: int
) -> list[Answer]:
    """``do`` so often at the same moment, as ``browser``, each over a connection of its own. Its
    cookies are kept as it would."""
    twins = [make(browser.source) for _ in range(count)]
    for twin in twins:
        twin.cookies = dict(browser.cookies)
        twin.connect()
    start = threading.Barrier(count)

    def together(twin: Client) -> Answer:
        start.wait()
        return do(twin)

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(together, twins))
    for cookie in (cookie for answer in answers for cookie in answer.all("set-cookie")):
        browser.keep(cookie)
    return answers


def until(
    condition: Callable[[], Any],
    otherwise: Callable[[], str] | str = "it never held",
    patience: float = PATIENCE,
) -> None:
    """Return once ``condition`` holds; fail with ``otherwise`` after ``patience`` seconds."""
    ends, pause = time.monotonic() + patience, 0.02
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(otherwise() if callable(otherwise) else otherwise)
        # Asking costs the same processor that is to do what is waited for; who may wait for
        # minutes need not ask every moment.
        time.sleep(pause)
        pause = min(pause * 1.5, max(0.15, patience / 60))


def other(code: str) -> str:
    """A code that is not ``code``."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
