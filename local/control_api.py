"""Control API under ``/local/``: mails, providers, switches, failed invocations, and its console.

Programs read and write JSON; browsers get the console's pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from local.console.machine import Machine
from local.console.pages import ConsolePages, see_other
from local.console.render import asset, content_headers
from local.http_message import HttpRequest, HttpResponse
from local.setting_errors import InvalidSetting

PATH_PREFIX = "/local/"
_HOSTS = {"127.0.0.1", "localhost"}


class ControlApi:
    """Control API for people and tests. No part of the service."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        pages = ConsolePages(machine)
        self._pages = pages
        self._calls: dict[tuple[str, str], Callable[[HttpRequest], HttpResponse]] = {
            ("GET", ""): pages.mails,
            ("GET", "mailbox"): pages.mailbox,
            ("GET", "mailbox.json"): self._mailbox_json,
            ("GET", "providers"): self._providers_shown,
            ("PUT", "providers"): self._provider_set,
            ("POST", "providers"): pages.set_provider,
            ("POST", "providers/reset"): pages.reset_providers,
            ("GET", "switches"): self._switches_shown,
            ("PUT", "switches"): self._switched,
            ("POST", "switches"): pages.set_switches,
            ("POST", "switches/reset"): pages.reset_switches,
            ("POST", "clock"): pages.set_clock,
            ("GET", "failures.json"): self._failures,
        }

    def serves(self, path: str) -> bool:
        """Whether a path is one of this API's, with or without the slash at its end."""
        return f"{path}/".startswith(PATH_PREFIX)

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The response to a path that this ``serves``."""
        if not self._from_here(request):
            return _text(403, "This is only for this machine's own pages.")
        path = request.path.removeprefix(PATH_PREFIX)
        if request.path == PATH_PREFIX.rstrip("/"):
            return see_other(PATH_PREFIX)
        call = self._calls.get((request.method, path))
        try:
            answer = call(request) if call else self._found(request.method, path)
        except InvalidSetting as error:
            return _text(422, str(error))
        return answer or _text(404, "There is nothing here, or not for this method.")

    def _found(self, method: str, path: str) -> HttpResponse | None:
        folder, _, name = path.partition("/")
        if method == "GET" and folder == "mails":
            return self._pages.mail(name)
        if method == "GET" and folder == "assets":
            return asset(name)
        return None

    def _from_here(self, request: HttpRequest) -> bool:
        """No page from elsewhere, and no name that was made to point here (DNS rebinding), may
        read mails or throw switches."""
        host = urlsplit(f"//{request.header('Host')}").hostname
        origin = request.header("Origin")
        return host in _HOSTS and (not origin or urlsplit(origin).netloc == request.header("Host"))

    def _mailbox_json(self, request: HttpRequest) -> HttpResponse:
        to = request.query.get("to", [None])[-1]
        return _json([message.as_json() for message in self._machine.mailbox.to(to)])

    def _providers_shown(self, request: HttpRequest) -> HttpResponse:
        if _is_browser(request):
            return self._pages.providers()
        return _json(self._machine.providers.rules())

    def _provider_set(self, request: HttpRequest) -> HttpResponse:
        self._machine.providers.put(request.body)
        return HttpResponse(204, (), b"")

    def _switches_shown(self, request: HttpRequest) -> HttpResponse:
        return self._pages.switches() if _is_browser(request) else self._switch_values()

    def _switched(self, request: HttpRequest) -> HttpResponse:
        if b"clock_offset_s" in request.body:
            self._machine.functions.wait_until_idle()
        self._machine.switches.put(request.body)
        return self._switch_values()

    def _switch_values(self) -> HttpResponse:
        return _json(self._machine.switches.now())

    def _failures(self, _: HttpRequest) -> HttpResponse:
        failures = list(self._machine.functions.failures)
        return _json([{"function": f.function, "error": f.error} for f in failures])


def _is_browser(request: HttpRequest) -> bool:
    return "text/html" in request.header("Accept")


def _json(value: Any) -> HttpResponse:
    body = json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode()
    return HttpResponse(200, content_headers("application/json"), body)


def _text(status: int, words: str) -> HttpResponse:
    return HttpResponse(status, content_headers("text/plain"), words.encode())
