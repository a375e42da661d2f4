"""Mail log: every mail that SES accepted, the events about it, and the folder it ended in."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any, Literal

from local.ses.mail import Mail

MAX_MAILS = 2_000
"""Mails kept; older ones are forgotten."""

Folder = Literal["inbox", "junk"]


@dataclass(frozen=True)
class LoggedMail:
    """An accepted mail and what has become of it so far."""

    number: int
    """Counts from 1 in the order in which SES accepted them."""
    mail: Mail
    events: tuple[dict[str, Any], ...] = ()
    """SES's event records, in the order in which they were published."""
    folder: Folder | None = None
    """Where the recipient would find it; ``None``: nowhere yet."""


class MailLog:
    """Log of the mails of one AWS side. What happens to a forgotten mail is not noted."""

    def __init__(self) -> None:
        self._mails: dict[tuple[str, str], LoggedMail] = {}
        self._count = 0
        self._lock = threading.Lock()

    def accepted(self, mail: Mail) -> None:
        """Note a mail that SES accepted."""
        with self._lock:
            self._count += 1
            self._mails[_key(mail)] = LoggedMail(self._count, mail)
            if len(self._mails) > MAX_MAILS:
                del self._mails[next(iter(self._mails))]

    def published(self, mail: Mail, event: dict[str, Any]) -> None:
        """Note an event about it."""
        with self._lock:
            if logged := self._mails.get(_key(mail)):
                self._mails[_key(mail)] = replace(logged, events=(*logged.events, event))

    def filed(self, mail: Mail, folder: Folder) -> None:
        """Note that the provider put it into a folder."""
        with self._lock:
            if logged := self._mails.get(_key(mail)):
                self._mails[_key(mail)] = replace(logged, folder=folder)

    def newest_first(self) -> list[LoggedMail]:
        """All mails that are kept."""
        with self._lock:
            return list(reversed(self._mails.values()))

    def get(self, number: int) -> LoggedMail | None:
        """The mail with this number, if it is kept."""
        with self._lock:
            return next((it for it in self._mails.values() if it.number == number), None)


def _key(mail: Mail) -> tuple[str, str]:
    """SES gives the mails to several recipients one id."""
    return mail.id, mail.to
