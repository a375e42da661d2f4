"""A mailbox that the tester owns, read over IMAP (RFC 3501)."""

from __future__ import annotations

import email
import email.policy
import imaplib
import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from chalicelib.errors import EmailTypo, Invalid
from chalicelib.identity.address import parse_address
from local.mailbox import Message
from ops.errors import CommandError
from tests.flow.client import until

MAILBOX = "TODOKU_MAILBOX"
PASSWORD = "TODOKU_MAILBOX_PASSWORD"
ADDRESS = "TODOKU_MAILBOX_ADDRESS"
EXAMPLE = f"{MAILBOX}=imaps://tester@example.jp@imap.example.jp/INBOX"
_PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True)
class Mailbox:
    """Where it is, who reads it, and which addresses end up in it."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str = field(repr=False)
    folder: str
    addresses: str
    """``tester+{}@example.jp``: whatever stands for ``{}``, the mail comes here."""

    def address(self) -> str:
        """An address that nobody has used."""
        return self.addresses.replace("{}", secrets.token_hex(4))

    def sign_in(self) -> None:
        """Show that the mailbox can be read. Raises ``CommandError``."""
        with self._opened():
            pass

    def mails(self, address: str, count: int, patience: float) -> list[Message]:
        """The mails to ``address``, newest first, once there are ``count``.

        Raises ``AssertionError`` when they do not come within ``patience`` seconds, and
        ``CommandError`` when the mailbox cannot be read.
        """
        with self._opened() as imap:
            found: list[bytes] = []

            def there() -> bool:
                imap.noop()
                _, (numbers,) = imap.uid("SEARCH", "TO", f'"{address}"')
                found[:] = numbers.split()
                return len(found) >= count

            until(there, lambda: f"{len(found)} of {count} mails came to {address}", patience)
            return [_message(imap, number) for number in sorted(found, key=int, reverse=True)]

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        where = f"{MAILBOX}: {self.host}:{self.port}"
        try:
            imap = self._connected()
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"{where} does not answer: {error}.") from None
        with imap:
            try:
                imap.login(self.user, self.password)
            except imaplib.IMAP4.error:
                raise CommandError(f"{where} refuses {self.user} with {PASSWORD}.") from None
            # Nothing is marked as read.
            answer, _ = imap.select(f'"{self.folder}"', readonly=True)
            if answer != "OK":
                raise CommandError(f"{where} has no folder {self.folder}.")
            yield imap

    def _connected(self) -> imaplib.IMAP4:
        if not self.encrypted:
            return imaplib.IMAP4(self.host, self.port, timeout=20)
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=20)


def configured(environment: Mapping[str, str]) -> Mailbox | None:
    """The mailbox that the environment names, if any.

    Raises ``CommandError``, never with a password.
    """
    text = environment.get(MAILBOX, "")
    if not text:
        return None
    url = urlsplit(text)
    try:
        port = url.port
    except ValueError:
        raise CommandError(f"{MAILBOX}: the port is no number from 0 to 65535.") from None
    if url.password is not None:
        raise CommandError(f"{MAILBOX} must not hold the password: it belongs into {PASSWORD}.")
    if url.scheme not in _PORTS or not url.username or not url.hostname:
        raise CommandError(f"{MAILBOX} is no address of a mailbox such as {EXAMPLE}.")
    if url.scheme == "imap" and url.hostname != "127.0.0.1":
        raise CommandError(f"{MAILBOX} must be imaps://: the password would be sent in the clear.")
    password = environment.get(PASSWORD, "")
    if not password:
        raise CommandError(f"{PASSWORD} is not set: the password of {MAILBOX}.")
    user = unquote(url.username)
    return Mailbox(
        host=url.hostname,
        port=port or _PORTS[url.scheme],
        encrypted=url.scheme == "imaps",
        user=user,
        password=password,
        folder=unquote(url.path.strip("/")) or "INBOX",
        addresses=_addresses(user, environment.get(ADDRESS, "")),
    )


def _addresses(user: str, template: str) -> str:
    local, at, domain = user.rpartition("@")
    if not template:
        if not at:
            raise CommandError(
                f"{ADDRESS} is not set: where mails go, such as {user}+{{}}@example.jp."
            )
        template = f"{local}+{{}}@{domain}"
    if template.count("{}") != 1:
        raise CommandError(f"{ADDRESS} = {template}: {{}} must stand in it once.")
    try:
        parse_address(template.replace("{}", "1"))
    except (Invalid, EmailTypo):
        raise CommandError(f"{ADDRESS} = {template}: the service would refuse it.") from None
    return template


def _message(imap: imaplib.IMAP4, number: bytes) -> Message:
    _, parts = imap.uid("FETCH", number.decode(), "(BODY.PEEK[])")
    (raw,) = [part[1] for part in parts if isinstance(part, tuple)]
    mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    at = mail["Date"].datetime if mail["Date"] else datetime.now(UTC)
    return Message(str(mail["From"]), str(mail["To"]), str(mail["Subject"]), text, at, "")
