"""moto as an HTTP server on loopback, safe for threads and without its slow parts."""

from __future__ import annotations

import functools
import io
import logging
import threading
from collections.abc import Callable
from typing import Any

from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.sqs.responses import SQSResponse
from werkzeug.serving import ThreadedWSGIServer

from local.connection_tracking import ConnectionTracking
from local.fault_injection import service_of, with_faults
from local.interceptor import Interceptor, with_interceptors
from local.moto_patches import MotoPatches
from local.switches import Switches

log = logging.getLogger("local.moto")


class MotoServer:
    """moto's WSGI application on a free port of 127.0.0.1.

    The port is bound at once, so there is none to wait for, and a failure is an exception here
    (moto's own ``ThreadedMotoServer`` would wait for ever).
    """

    def __init__(
        self, switches: Switches, patches: MotoPatches, sqs_used: Callable[[], None]
    ) -> None:
        """``sqs_used`` is called after every SQS call: there may be a message."""
        moto_api_backend.reset()
        _serialize_calls(patches, DynamoHandler)
        self.sqs_lock = _serialize_calls(patches, SQSResponse, sqs_used)
        self.interceptors: list[Interceptor] = []
        """Called before each request; more may be added."""
        app = with_interceptors(
            with_faults(_Dispatcher(create_backend_app), switches), self.interceptors
        )
        self._server = _Server("127.0.0.1", 0, app, handler=_Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=functools.partial(self._server.serve_forever, poll_interval=0.05),
            name="moto",
            daemon=True,
        )

    def start(self) -> None:
        """Start serving."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and reset moto."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(1)
        self._server.close_connections()
        self._server.server_close()
        moto_api_backend.reset()


def _serialize_calls(
    patches: MotoPatches, response: type[Any], afterwards: Callable[[], None] = lambda: None
) -> threading.RLock:
    """Serialize the calls: moto has no locks, and two conditional puts could both win."""
    lock = threading.RLock()
    before = response.call_action

    def call_action(self: Any) -> Any:
        with lock:
            answer = before(self)
        afterwards()
        return answer

    patches.put(response, "call_action", call_action)
    return lock


class _Dispatcher(DomainDispatcherApplication):
    """Knows a service again. moto lists its own directory and tries a few hundred patterns for
    each request: more than half of a registration's time."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._known: dict[str, Any] = {}

    def get_application(self, environ: dict[str, Any]) -> Any:
        service = service_of(environ)
        if not service:
            return super().get_application(environ)
        if service not in self._known:
            self._known[service] = super().get_application(environ)
        return self._known[service]


class _Server(ConnectionTracking, ThreadedWSGIServer):
    """werkzeug's server."""


class _Handler(MotoRequestHandler):
    """Keeps connections alive, which werkzeug's own does not: connecting is a tenth of a
    registration's time."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Answer one request, read to its end."""
        environ = self.make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(self.rfile.read(length))
        response: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            response[:] = status, headers

        try:
            body = b"".join(self.server.app(environ, start_response))
        except ConnectionError:
            raise
        except Exception:
            log.exception("moto failed")
            response, body = ["500 Failed", []], b""
        status, headers = response
        self.send_response_only(int(status.split()[0]))
        for name, value in headers:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
