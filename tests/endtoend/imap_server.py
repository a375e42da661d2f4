"""As much of an IMAP server (RFC 3501) as somebody needs who reads one folder."""

from __future__ import annotations

import email
import re
import socketserver
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

USER, PASSWORD, FOLDER = "tester@example.jp", 'open "sesame" 9', "INBOX"


class ImapServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1 until ``shutdown``, with ``chain`` over TLS."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, chain: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.context: ssl.SSLContext | None = None
        if chain:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(chain)
        self.messages: list[bytes] = []
        self.said: list[str] = []
        """Every command, the sign-in excepted."""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def deliver(self, to: str, subject: str, text: str, **headers: str) -> None:
        """A mail arrives."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "no-reply@entry.example.lg.jp", to, subject
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        self.messages.append(bytes(mail))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody who hangs up, or does not trust us, is no fault of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Session(socketserver.StreamRequestHandler):
    server: ImapServer

    def setup(self) -> None:
        if self.server.context:
            # The handshake comes with the first words: whatever happens in it, ``finish`` follows.
            self.request = self.server.context.wrap_socket(
                self.request, server_side=True, do_handshake_on_connect=False
            )
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        self._say("* OK ready")
        for line in self.rfile:
            tag, _, command = line.decode(errors="replace").strip().partition(" ")
            if not command.upper().startswith("LOGIN"):
                self.server.said.append(command)
            result = self._answer(command)
            self._say(f"{tag} {result}")
            if command.upper() == "LOGOUT":
                return

    def _answer(self, command: str) -> str:
        name, _, rest = command.partition(" ")
        match name.upper():
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            case "LOGIN":
                user, _, quoted = rest.partition(" ")
                password = re.sub(r"\\(.)", r"\1", quoted[1:-1])
                if (user.strip('"'), password) != (USER, PASSWORD):
                    return "NO wrong"
            case "EXAMINE" if rest.strip('"') != FOLDER:
                return "NO no such folder"
            case "EXAMINE" | "NOOP":
                self._say(f"* {len(self.server.messages)} EXISTS")
            case "UID" if rest.startswith("SEARCH TO "):
                to = rest.removeprefix("SEARCH TO ").strip('"')
                self._say(f"* SEARCH{self._found(to)}")
            case "UID" if found := re.fullmatch(r"FETCH (\d+) \(BODY.PEEK\[\]\)", rest):
                message = self.server.messages[int(found[1]) - 1]
                self._say(f"* {found[1]} FETCH (UID {found[1]} BODY[] {{{len(message)}}}")
                self.wfile.write(message)
                self._say(")")
            case "LOGOUT":
                self._say("* BYE")
            case _:
                return "BAD unknown"
        return "OK done"

    def _found(self, to: str) -> str:
        headers = [str(email.message_from_bytes(m)["To"]) for m in self.server.messages]
        return "".join(f" {n}" for n, it in enumerate(headers, 1) if to.lower() in it.lower())

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def serving(chain: Path | None = None) -> Iterator[ImapServer]:
    """Serve until the block ends."""
    with ImapServer(chain) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
