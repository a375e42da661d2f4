"""moto over HTTP on loopback, made safe for threads, slow or broken when asked."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.sqs.responses import SQSResponse
from werkzeug.serving import make_server

from local.plugin import Plugin
from local.switches import Switches

_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/")
SERVICES = {
    "cognito-idp": "cognito",
    "ses": "ses",
    "dynamodb": "dynamodb",
    "sqs": "sqs",
    "kms": "kms",
}
"""The service in a request's signature, and what its switches begin with."""
THROTTLED = {
    "cognito": (400, "TooManyRequestsException"),
    "ses": (429, "TooManyRequestsException"),
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "sqs": (400, "RequestThrottled"),
    "kms": (400, "ThrottlingException"),
}

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


class _QuietHandler(MotoRequestHandler):
    # An answer is several small writes: without this each costs a delayed ACK, 40 ms.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: requests hold addresses and codes."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing here either."""


class MotoServer:
    """moto's server application on a free port of 127.0.0.1. ``url`` is known once made.

    werkzeug's ``make_server`` binds at once, so there is no port to wait for and a failure is
    an exception here (moto's own ``ThreadedMotoServer`` would wait for ever).
    """

    def __init__(self, switches: Switches, plugin: Plugin, sqs_used: Callable[[], None]) -> None:
        """``sqs_used`` is called after every SQS call: there may be a message."""
        moto_api_backend.reset()
        _one_at_a_time(plugin, DynamoHandler)
        self.sqs_lock = _one_at_a_time(plugin, SQSResponse, sqs_used)
        app = _faulty(DomainDispatcherApplication(create_backend_app), switches)
        self._server = make_server(
            "127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=functools.partial(self._server.serve_forever, poll_interval=0.05),
            name="moto",
            daemon=True,
        )

    def start(self) -> None:
        """Answer requests."""
        self._thread.start()

    def stop(self) -> None:
        """No more requests; moto forgets everything."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(1)
        self._server.server_close()
        moto_api_backend.reset()


def _one_at_a_time(
    plugin: Plugin, response: type[Any], afterwards: Callable[[], None] = lambda: None
) -> threading.RLock:
    """moto has no locks: two conditional puts can both win. One call at a time cures it."""
    lock = threading.RLock()
    before = response.call_action

    def call_action(self: Any) -> Any:
        with lock:
            answer = before(self)
        afterwards()
        return answer

    plugin.put(response, "call_action", call_action)
    return lock


def _faulty(app: Wsgi, switches: Switches) -> Wsgi:
    """``app``, with the delays and faults of ``switches``."""

    def call(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        service = _service(environ)
        values = switches.values
        if delay := values.delay(service):
            time.sleep(delay)
        match values.fault(service):
            case "throttle":
                return _refuse(start_response, *THROTTLED[service], "Rate exceeded")
            case "unavailable":
                return _refuse(start_response, 500, "InternalErrorException", "Internal error")
            case "lose_response":
                for _ in app(environ, start_response):
                    pass
                with contextlib.suppress(OSError):
                    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                raise ConnectionAbortedError("the switches say so")
        return app(environ, start_response)

    return call


def _service(environ: dict[str, Any]) -> str:
    """What the switches call the service a request is for; empty when they don't know it."""
    signed = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if signed:
        return SERVICES.get(signed[1], "")
    unsigned = environ.get("HTTP_X_AMZ_TARGET", "")
    return "cognito" if unsigned.startswith("AWSCognitoIdentityProviderService.") else ""


def _refuse(start_response: Start, status: int, error: str, message: str) -> Iterable[bytes]:
    body = json.dumps({"__type": error, "message": message}).encode()
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(body))),
        ("X-Amzn-ErrorType", error),
    ]
    start_response(f"{status} Refused", headers)
    return [body]
