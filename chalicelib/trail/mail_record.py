"""Mail record: what the trail keeps of one mail, and how SES's tags name it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from chalicelib.trail.delivery_states import DeliveryState, StateChanges, shown

KEPT = timedelta(days=30)
"""How long a record is kept. It holds no address, but says what a person's mail met."""

UNKNOWN = "unknown"
"""The provider of a mail whose provider could not be told."""

_MAIL_TAG = re.compile(r"[0-9a-f]{32}(-[0-9]{1,4})?")


class MailRecord(Struct, frozen=True, rename={"states": "marks"}):
    """One mail. ``mail`` is the hash of the code's ciphertext, ``.n`` added the n-th time it
    is sent again.

    The table's name for ``states`` is ``marks``.
    """

    reference: str
    mail: str
    purpose: str
    provider: str
    route: str
    network: str
    """HMAC of the client network that asked; empty while only SES has told of the mail."""
    started_at: datetime
    states: StateChanges
    message_id: str | None = None
    domain: str = ""
    """Key of the mail domain (``limits.domain_key``)."""

    @property
    def expires(self) -> datetime:
        """When the record may be deleted."""
        return self.started_at + KEPT

    @property
    def state(self) -> DeliveryState:
        """The state shown for this mail."""
        return shown(self.states)

    @property
    def handed_over(self) -> bool:
        """Whether SES has taken or refused the mail, so that it must not be sent again."""
        return bool(self.states.keys() - {"waiting"})


class MailRecords(Protocol):
    """Where records are kept. Every method raises ``TryLater`` when the store cannot answer.

    Implemented by ``aws.tables.MailRecordTable``.
    """

    def change(
        self, reference: str, mail: str, decide: Callable[[MailRecord | None], MailRecord | None]
    ) -> MailRecord | None:
        """Read, decide, write if nobody else wrote meanwhile; else read and decide again.

        ``decide`` returns its argument itself, or ``None``, to leave everything as it is.
        """

    def of(self, reference: str) -> list[MailRecord]:
        """Every mail of an attempt, in no particular order."""

    def remove(self, reference: str, mail: str, decide: Callable[[MailRecord], bool]) -> bool:
        """Forget a mail if ``decide`` says so of what is kept. Whether it is gone."""


def mail_tag(mail: str) -> str:
    """A mail's id as an SES tag, which may hold no dot."""
    return mail.replace(".", "-")


def mail_of(tag: str) -> str:
    """The mail's id from its tag. Raises ``ValueError`` when the tag is not one of ours."""
    if not _MAIL_TAG.fullmatch(tag):
        raise ValueError("not the id of a mail")
    return tag.replace("-", ".")
