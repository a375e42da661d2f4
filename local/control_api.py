"""Control API under ``/local/``: mailbox, providers, switches, failed invocations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from local import mail_providers, mailbox
from local.http_message import HttpRequest, HttpResponse
from local.lambda_service import LambdaService
from local.mail_providers import MailProviders
from local.mailbox import Mailbox
from local.switches import InvalidSetting, Switches

PATH_PREFIX = "/local/"
_HOSTS = {"127.0.0.1", "localhost"}


class ControlApi:
    """Control API for people and tests. No part of the service."""

    def __init__(
        self, box: Mailbox, providers: MailProviders, switches: Switches, functions: LambdaService
    ) -> None:
        self._box = box
        self._providers = providers
        self._switches = switches
        self._functions = functions
        self._calls: dict[tuple[str, str], Callable[[HttpRequest], HttpResponse]] = {
            ("GET", "mailbox"): self._mailbox,
            ("GET", "mailbox.json"): self._mailbox_json,
            ("GET", "providers"): self._providers_shown,
            ("PUT", "providers"): self._provider_set,
            ("POST", "providers"): self._provider_form,
            ("GET", "switches"): lambda _: _json(self._switches.now()),
            ("PUT", "switches"): self._switched,
            ("GET", "failures.json"): self._failures,
        }

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The response to a path that begins with ``/local/``."""
        if not self._from_here(request):
            return _text(403, "This is only for this machine's own pages.")
        call = self._calls.get((request.method, request.path.removeprefix(PATH_PREFIX)))
        if call is None:
            return _text(404, "There is nothing here, or not for this method.")
        try:
            return call(request)
        except InvalidSetting as error:
            return _text(422, str(error))

    def _from_here(self, request: HttpRequest) -> bool:
        """No page from elsewhere, and no name that was made to point here (DNS rebinding), may
        read mails or throw switches."""
        host = urlsplit(f"//{request.header('Host')}").hostname
        origin = request.header("Origin")
        return host in _HOSTS and (not origin or urlsplit(origin).netloc == request.header("Host"))

    def _switched(self, request: HttpRequest) -> HttpResponse:
        if b"clock_offset_s" in request.body:
            self._functions.wait_until_idle()
        return _json(self._switches.put(request.body))

    def _mailbox(self, request: HttpRequest) -> HttpResponse:
        to = request.query.get("to", [None])[-1]
        return _html(mailbox.page(self._box.to(to), to))

    def _mailbox_json(self, request: HttpRequest) -> HttpResponse:
        to = request.query.get("to", [None])[-1]
        return _json([message.as_json() for message in self._box.to(to)])

    def _providers_shown(self, request: HttpRequest) -> HttpResponse:
        rules = self._providers.rules()
        if "text/html" in request.header("Accept"):
            return _html(mail_providers.page(rules))
        return _json(rules)

    def _provider_set(self, request: HttpRequest) -> HttpResponse:
        self._providers.put(request.body)
        return HttpResponse(204, (), b"")

    def _provider_form(self, request: HttpRequest) -> HttpResponse:
        self._providers.put_form(request.body)
        return HttpResponse(303, (("Location", "/local/providers"),), b"")

    def _failures(self, _: HttpRequest) -> HttpResponse:
        failures = list(self._functions.failures)
        return _json([{"function": f.function, "error": f.error} for f in failures])


def _json(value: Any) -> HttpResponse:
    body = json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode()
    return HttpResponse(200, _headers("application/json; charset=utf-8"), body)


def _html(page: str) -> HttpResponse:
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = (*_headers("text/html; charset=utf-8"), ("Content-Security-Policy", policy))
    return HttpResponse(200, headers, page.encode())


def _text(status: int, words: str) -> HttpResponse:
    return HttpResponse(status, _headers("text/plain; charset=utf-8"), words.encode())


def _headers(kind: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
