"""Another web site: pages of a board, a webmail, or of somebody who means harm."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class OtherSite:
    """A server of plain pages with two names.

    To a browser ``elsewhere`` (``localhost``) is another site than the machine's 127.0.0.1;
    ``sibling``, another port of 127.0.0.1, is the same site and another origin, as a sibling host
    is where sites have names.
    """

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        """HTML by path; everything else is not found."""
        self.headers: dict[str, str] = {}
        """More of them, of every page."""
        pages, headers = self.pages, self.headers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path.partition("?")[0])
                self.send_response(404 if page is None else 200)
                # Without a charset, as `python -m http.server`: a page says its own.
                self.send_header("Content-Type", "text/html")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((page or "").encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        port = self._server.server_address[1]
        self.elsewhere = f"http://localhost:{port}"
        self.sibling = f"http://127.0.0.1:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
