"""Server mix-in that tracks its connections and can close them."""

from __future__ import annotations

import contextlib
import socket
import threading
from socketserver import ThreadingTCPServer
from typing import Any


class ConnectionTracking(ThreadingTCPServer):
    """Mix-in of a threading server: ``close_connections`` closes what is still open.

    A kept-alive connection would otherwise hold its thread until the client lets go.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *args: Any, **more: Any) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(*args, **more)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Track a new connection."""
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a closed connection."""
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Close every connection; their threads end with them."""
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that goes away in the middle."""
