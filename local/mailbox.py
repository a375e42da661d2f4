"""Mailbox that receives all mail: ``/local/mailbox.json``."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from chalicelib.identity.display import shown

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
        """The code in the text, if any."""
        return code_in(self.text)

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
        """Mails to ``address`` (in any case of letters, its domain in letters or as ``xn--…``), or
        all."""
        key = address and _key(address)
        with self._arrived:
            return [m for m in self._messages if address is None or _key(m.to) == key]

    def wait(self, address: str, count: int = 1, timeout: float = 10) -> list[Message]:
        """The same, once there are ``count``. Raises ``TimeoutError`` after ``timeout`` s."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.to(address)) >= count, timeout):
                raise TimeoutError(f"{len(self.to(address))} of {count} mails arrived")
            return self.to(address)


def _key(address: str) -> str:
    return unicodedata.normalize("NFKC", shown(address.lower())).casefold()


def code_in(text: str) -> str | None:
    """The code in a mail's text: the first six or ten digits in a row, if any."""
    found = _CODE.search(text)
    return found[0] if found else None
