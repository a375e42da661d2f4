"""What is under ``/local/``: the mailbox, the providers, the switches, what failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from local import mail_providers, mailbox
from local.apigw_event import Answer, Asked
from local.lambda_service import Functions
from local.mail_providers import Providers
from local.mailbox import Mailbox
from local.switches import Refused, Switches

HERE = "/local/"
_HOSTS = {"127.0.0.1", "localhost"}


class Console:
    """Answers for people and tests who drive the stand-in. No part of the service."""

    def __init__(
        self, box: Mailbox, providers: Providers, switches: Switches, functions: Functions
    ) -> None:
        self._box = box
        self._providers = providers
        self._switches = switches
        self._functions = functions
        self._calls: dict[tuple[str, str], Callable[[Asked], Answer]] = {
            ("GET", "mailbox"): self._mailbox,
            ("GET", "mailbox.json"): self._mailbox_json,
            ("GET", "providers"): self._providers_shown,
            ("PUT", "providers"): self._provider_set,
            ("POST", "providers"): self._provider_form,
            ("GET", "switches"): lambda _: _json(self._switches.now()),
            ("PUT", "switches"): lambda asked: _json(self._switches.put(asked.body)),
            ("GET", "failures.json"): self._failures,
        }

    def answer(self, asked: Asked) -> Answer:
        """The answer to a path that begins with ``/local/``."""
        if not self._from_here(asked):
            return _text(403, "This is only for this machine's own pages.")
        call = self._calls.get((asked.method, asked.path.removeprefix(HERE)))
        if call is None:
            return _text(404, "There is nothing here, or not for this method.")
        try:
            return call(asked)
        except Refused as error:
            return _text(422, str(error))

    def _from_here(self, asked: Asked) -> bool:
        """No page from elsewhere, and no name that was made to point here (DNS rebinding), may
        read mails or throw switches."""
        host = urlsplit(f"//{asked.header('Host')}").hostname
        origin = asked.header("Origin")
        return host in _HOSTS and (not origin or urlsplit(origin).netloc == asked.header("Host"))

    def _mailbox(self, asked: Asked) -> Answer:
        to = asked.query.get("to", [None])[-1]
        return _html(mailbox.page(self._box.to(to), to))

    def _mailbox_json(self, asked: Asked) -> Answer:
        to = asked.query.get("to", [None])[-1]
        return _json([message.as_json() for message in self._box.to(to)])

    def _providers_shown(self, asked: Asked) -> Answer:
        rules = self._providers.rules()
        if "text/html" in asked.header("Accept"):
            return _html(mail_providers.page(rules))
        return _json(rules)

    def _provider_set(self, asked: Asked) -> Answer:
        self._providers.put(asked.body)
        return Answer(204, (), b"")

    def _provider_form(self, asked: Asked) -> Answer:
        self._providers.put_form(asked.body)
        return Answer(303, (("Location", "/local/providers"),), b"")

    def _failures(self, _: Asked) -> Answer:
        failures = list(self._functions.failures)
        return _json([{"function": f.function, "error": f.error} for f in failures])


def _json(value: Any) -> Answer:
    body = json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode()
    return Answer(200, _headers("application/json; charset=utf-8"), body)


def _html(page: str) -> Answer:
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = (*_headers("text/html; charset=utf-8"), ("Content-Security-Policy", policy))
    return Answer(200, headers, page.encode())


def _text(status: int, words: str) -> Answer:
    return Answer(status, _headers("text/plain; charset=utf-8"), words.encode())


def _headers(kind: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
