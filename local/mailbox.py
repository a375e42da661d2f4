"""Mailbox that receives all mail: ``/local/mailbox``."""

from __future__ import annotations

import html
import re
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?:[0-9]{4})?(?![0-9])")
MAX_MESSAGES = 20_000
"""Messages kept; older ones are forgotten."""


@dataclass(frozen=True)
class Message:
    """A mail in the mailbox. ``at`` is when it arrived."""

    sender: str
    to: str
    subject: str
    text: str
    at: datetime
    route: str

    @property
    def code(self) -> str | None:
        """The code in the text: the first six or ten digits in a row, if any."""
        found = _CODE.search(self.text)
        return found[0] if found else None

    def as_json(self) -> dict[str, str | None]:
        """As ``/local/mailbox.json`` shows it."""
        return {
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "at": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "code": self.code,
            "route": self.route,
        }


class Mailbox:
    """Mailbox of all addresses, newest mail first."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque(maxlen=MAX_MESSAGES)
        self._arrived = threading.Condition()

    def add(self, message: Message) -> None:
        """Add a mail."""
        with self._arrived:
            self._messages.appendleft(message)
            self._arrived.notify_all()

    def to(self, address: str | None = None) -> list[Message]:
        """Mails to ``address`` (in any case of letters), or all."""
        with self._arrived:
            return [m for m in self._messages if address is None or m.to.lower() == address.lower()]

    def wait(self, address: str, count: int = 1, timeout: float = 10) -> list[Message]:
        """The same, once there are ``count``. Raises ``TimeoutError`` after ``timeout`` s."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.to(address)) >= count, timeout):
                raise TimeoutError(f"{len(self.to(address))} of {count} mails arrived")
            return self.to(address)


def page(messages: list[Message], to: str | None) -> str:
    """HTML page of the mailbox, readable on a telephone."""
    mails = "".join(
        f"<article><h2>{_(m.subject)}</h2>"
        f"<p>To <a href='/local/mailbox?to={_url(m.to)}'>{_(m.to)}</a> from {_(m.sender)}<br>"
        f"<time>{m.at:%Y-%m-%d %H:%M:%S} UTC</time>, route {_(m.route)}</p>"
        f"<pre>{_(m.text)}</pre></article>"
        for m in messages[:200]
    )
    only = f"Mail to {_(to)} · <a href='/local/mailbox'>all mail</a>" if to else "All mail"
    return f"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5">
<title>Mailbox</title><style>
body {{ font: 1rem/1.6 sans-serif; max-width: 42rem; margin: auto; padding: 1rem }}
article {{ border-top: 1px solid; padding: .5rem 0 }} h2 {{ font-size: 1.1rem; margin: 0 }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }}
</style><h1>Mailbox</h1><p>{only} · newest first · lost when the server stops ·
<a href="/">the pages</a> · <a href="/local/providers">the providers</a></p>
{mails or "<p>No mail yet.</p>"}</html>"""


def _(text: str) -> str:
    return html.escape(text, quote=True)


def _url(text: str) -> str:
    return quote(text, safe="@.")
