"""HTTP server on loopback, as strict with requests as API Gateway."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.connection_tracking import ConnectionTracking
from local.http_message import HttpRequest, HttpResponse

MAX_BODY_BYTES = 10 * 1024 * 1024
"""API Gateway's payload limit. What the function itself takes is less."""
MIN_COMPRESSION_BYTES = 512
"""``minimum_compression_size`` in ``.chalice/config.json``."""
COMPRESSED_TYPES = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/javascript",
)

_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")

Respond = Callable[[HttpRequest], HttpResponse]


class HttpServer:
    """HTTP server on 127.0.0.1. Every 127.x.y.z that connects is a client of its own.

    The port is bound when this is made (``OSError`` when it is in use), responses begin with
    ``start``.
    """

    def __init__(self, port: int) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread: threading.Thread | None = None

    def start(self, respond: Respond, too_large: Respond, malformed: Respond) -> None:
        """Respond with ``respond``; with the others where the body is not even read."""
        self._server.respond = respond
        self._server.too_large = too_large
        self._server.malformed = malformed
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.05),
            name="http",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join(1)
        self._server.close_connections()
        self._server.server_close()


class _Server(ConnectionTracking, ThreadingHTTPServer):
    respond: Respond
    too_large: Respond
    malformed: Respond


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "local", ""
    server: _Server
    timeout = 10
    wbufsize = -1
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        # http.server looks for do_<METHOD>; whatever the method, the gateway has an answer.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the application logs its requests itself."""

    def _answer(self) -> None:
        request = HttpRequest(
            self.command, self.path, tuple(self.headers.items()), b"", self.client_address[0]
        )
        lengths = self.headers.get_all("Content-Length") or ["0"]
        length = lengths[0]
        if "Transfer-Encoding" in self.headers or len(lengths) > 1 or not _whole(length):
            self._reject(self.server.malformed(request))
        elif int(length) > MAX_BODY_BYTES:
            self._reject(self.server.too_large(request))
        else:
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                self.close_connection = True
                return
            request = HttpRequest(
                request.method, request.target, _joined(request.headers), body, request.client
            )
            self._send(self.server.respond(request))

    def _reject(self, response: HttpResponse) -> None:
        """Respond without having read the body. The client must see that before the reset that
        closing an unread connection would send it, so a little more is read and thrown away."""
        self.close_connection = True
        self._send(response)
        self.wfile.flush()
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(0.5)
            for _ in range(256):
                if not self.connection.recv(65536):
                    break

    def _send(self, response: HttpResponse) -> None:
        body, headers = response.body, dict(_lower(response))
        self.send_response(response.status)
        if _GZIP.search(self.headers.get("Accept-Encoding", "")) and _worth_compressing(
            headers, body
        ):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        for name, value in response.headers:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _whole(length: str) -> bool:
    return length.isascii() and length.isdigit() and len(length) < 12


def _lower(response: HttpResponse) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in response.headers]


def _worth_compressing(headers: dict[str, str], body: bytes) -> bool:
    kind = headers.get("content-type", "")
    return (
        len(body) >= MIN_COMPRESSION_BYTES
        and kind.startswith(COMPRESSED_TYPES)
        and "content-encoding" not in headers
    )


def _joined(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """One ``Cookie`` header for several (RFC 9113, 8.2.3); the rest as it came."""
    cookies = [value for name, value in headers if name.lower() == "cookie"]
    rest = tuple((name, value) for name, value in headers if name.lower() != "cookie")
    return (*rest, ("Cookie", "; ".join(cookies))) if cookies else rest
