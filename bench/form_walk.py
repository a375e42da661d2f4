"""An applicant who goes through every page by posting forms, as a browser without scripts does."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

ADDRESS = "bench@gmail.com"
PASSWORD = "nine blue kettles"
API = "/api/v1/registrations"
HTML = {"Accept": "text/html"}
FORM = {**HTML, "Content-Type": "application/x-www-form-urlencoded"}
LONGEST_WAIT = 30.0


def pages(url: str) -> Iterator[tuple[str, str]]:
    """Each page's name and HTML, in the order in which an applicant meets them.

    Raises ``RuntimeError`` when a page is not shown or no code arrives.
    """
    browser = _Browser(url)
    yield "start", browser.page("/")
    yield "address", browser.page("/register")
    yield "address refused", browser.refused(API, email="taro@@gmail.com", locale="ja")
    browser.post(API, email=ADDRESS, locale="ja")
    code = _until(lambda: browser.newest_code(ADDRESS), "no code arrived")
    yield "code", browser.page("/register/code")
    yield "problems with the code", browser.page("/register/code/help")
    browser.post(f"{API}/current/verification", code=code)
    yield "password", browser.page("/register/password")
    browser.post(f"{API}/current/account", password=PASSWORD)
    yield "done", browser.page("/register/done")


class _Browser:
    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._cookies: dict[str, str] = {}

    def page(self, path: str) -> str:
        return self._asked("GET", path, 200)

    def post(self, path: str, **fields: str) -> None:
        self._asked("POST", path, 303, fields)

    def refused(self, path: str, **fields: str) -> str:
        return self._asked("POST", path, 422, fields)

    def newest_code(self, to: str) -> str | None:
        mails = json.loads(self._asked("GET", f"/local/mailbox.json?to={quote(to)}", 200))
        return mails[0]["code"] if mails else None

    def _asked(
        self, method: str, path: str, expected: int, fields: dict[str, str] | None = None
    ) -> str:
        sent = {"Cookie": "; ".join(f"{n}={v}" for n, v in self._cookies.items())}
        connection = HTTPConnection(self._host, timeout=30)
        try:
            form = urlencode(fields) if fields else None
            connection.request(method, path, form, {**sent, **(FORM if fields else HTML)})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path} answered {answer.status}, not {expected}")
        for header in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value
        return text


def fetched(url: str, path: str) -> bytes:
    """The body of ``path``. Raises ``RuntimeError`` unless it is there."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"GET {path} answered {answer.status}")
    return body


def assets(html: str) -> set[str]:
    """What a page loads of its own accord: scripts and what they import."""
    return set(re.findall(r"""(?:src|href)=["']?([^"' >]*/assets/[^"' >]+)""", html))


def _until(found: Callable[[], str | None], otherwise: str) -> str:
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        if (value := found()) is not None:
            return value
        time.sleep(0.1)
    raise RuntimeError(otherwise)
