"""Can a stranger tell by the clock whether an address has an account?

Pairs of applicants, one with an address that has an account, one with a new address, register and
enter a wrong code while every Cognito call takes 300 ms. If one of the two took a call more, or
less, the medians would lie apart.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from itertools import count
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.figure import Figure

BUDGET = 10.0
PAIRS = 200
COGNITO_MS = 300
LONGEST_WAIT = 30.0
PASSWORD = "nine blue kettles"
API = "/api/v1/registrations"
KINDS = ("known", "new")


def figures(url: str, pairs: int, step: Callable[[], None]) -> list[Figure]:
    """The difference of the two medians, per cent of the greater one, for registering and for
    verifying. Raises ``RuntimeError`` when an answer is not what it should be."""
    networks = _networks()
    for n in range(pairs):
        _become_known(url, next(networks), _address("known", n))
    # Two minutes on, so that the known addresses may get another mail.
    _switch(url, cognito_ms=COGNITO_MS, clock_offset_s=120)
    try:
        applicants = [
            (kind, _Applicant(url, next(networks)), _address(kind, n))
            for n in range(pairs)
            # Each kind is first as often as the other.
            for kind in (KINDS if n % 2 else reversed(KINDS))
        ]
        registering: dict[str, list[float]] = {kind: [] for kind in KINDS}
        verifying: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for kind, applicant, address in applicants:
            registering[kind].append(applicant.call("POST", API, 202, email=address))
            _mails(url, address, 2 if kind == "known" else 1)
            step()
        for kind, applicant, _ in applicants:
            path = f"{API}/current/verification"
            verifying[kind].append(applicant.call("POST", path, 422, code="000000"))
            step()
    finally:
        _switch(url, cognito_ms=0, clock_offset_s=0)
    return [_figure("registering", registering, pairs), _figure("verifying", verifying, pairs)]


def _figure(doing: str, times: dict[str, list[float]], pairs: int) -> Figure:
    known, new = (median(times[kind]) for kind in KINDS)
    apart = 100 * abs(known - new) / max(known, new)
    how = f"medians {known * 1e3:.0f} and {new * 1e3:.0f} ms, {pairs} pairs"
    return Figure(f"known or new address, apart when {doing}", apart, BUDGET, "%", how)


def _networks() -> Iterator[str]:
    """Loopback addresses, each a client network of its own."""
    return (f"127.9.{n // 250}.{n % 250 + 1}" for n in count())


def _address(kind: str, n: int) -> str:
    return f"{kind}{n}@school.example.ed.jp"


def _become_known(url: str, network: str, address: str) -> None:
    applicant = _Applicant(url, network)
    applicant.call("POST", API, 202, email=address)
    code = _mails(url, address, 1)[0]["code"]
    applicant.call("POST", f"{API}/current/verification", 200, code=code)
    applicant.call("POST", f"{API}/current/account", 201, password=PASSWORD)


def _mails(url: str, address: str, at_least: int) -> list[dict[str, Any]]:
    reader, end = _Applicant(url, "127.0.0.1"), time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        reader.call("GET", f"/local/mailbox.json?to={address}", 200)
        mails: list[dict[str, Any]] = json.loads(reader.body)
        if len(mails) >= at_least:
            return mails
        time.sleep(0.02)
    raise RuntimeError(f"mail {at_least} did not arrive")


def _switch(url: str, **switches: int) -> None:
    _Applicant(url, "127.0.0.1").call("PUT", "/local/switches", 200, **switches)


class _Applicant:
    def __init__(self, url: str, network: str) -> None:
        self._host, self._network = urlsplit(url).netloc, network
        self._cookies: dict[str, str] = {}
        self.body = b""

    def call(self, method: str, path: str, expected: int, **fields: Any) -> float:
        """Seconds from sending to the last byte of the answer."""
        connection = HTTPConnection(self._host, timeout=30, source_address=(self._network, 0))
        connection.connect()
        cookies = "; ".join(f"{n}={v}" for n, v in self._cookies.items())
        sent = {"Cookie": cookies, "Content-Type": "application/json"}
        try:
            started = time.perf_counter()
            connection.request(method, path, json.dumps(fields) if fields else None, sent)
            answer = connection.getresponse()
            self.body = answer.read()
            seconds = time.perf_counter() - started
        finally:
            connection.close()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path} answered {answer.status}, not {expected}")
        for header in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value
        return seconds
