"""Tables of records in DynamoDB, each record read and written whole by compare-and-swap.

``registrations`` holds a registration under its id and, under ``ref#REFERENCE``, which
registration a reference belongs to. ``addresses`` holds ``limit#KEY`` and ``owner#KEY``.

``trail`` holds the records of mails under the reference, and the codes that may be mailed again
under ``code#REFERENCE``: nobody who reads an attempt's records (the page, an operator) reads
ciphertexts, and an IAM condition on ``dynamodb:LeadingKeys`` keeps the API's function from them.

``domains`` holds who runs the mail of a domain. Plain counters: ``counters.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.due_index import registration_attributes
from chalicelib.aws.versioned_table import (
    Attributes,
    VersionedTable,
    Write,
    commit_transaction,
    seconds,
)
from chalicelib.identity.ownership import Owner
from chalicelib.limits.mailbox import Mailbox, SeenMailbox
from chalicelib.trail.mail_record import MailRecord
from chalicelib.verification.model import KeptCode, Registration, Seen

if TYPE_CHECKING:
    from chalicelib.courier.provider import CachedProvider


@dataclass(frozen=True)
class Pointer:
    """The registration that a reference belongs to."""

    registration: str
    expires: datetime


if TYPE_CHECKING:
    Record = Registration | Pointer | Mailbox | Owner | MailRecord | KeptCode | CachedProvider
    """Each says by ``expires`` until when it is kept."""


def _expires(record: Record) -> Attributes:
    moment = record.expires
    return {"expires": seconds(moment)} if moment else {}


class RegistrationTable:
    """Provides ``verification.model.Registrations``."""

    def __init__(self, client: Callable[[], Any], table: str, addresses: str) -> None:
        self._client = client
        self._table = table
        self._registrations = VersionedTable(client, table, Registration, registration_attributes)
        self._pointers = VersionedTable(client, table, Pointer, _expires)
        self._mailboxes = VersionedTable(client, addresses, Mailbox, _expires)

    def get(self, id: str) -> Seen | None:
        """By id: the hash of the cookie's token."""
        stored = self._registrations.get(id)
        return Seen(stored.value, stored.version) if stored else None

    def find(self, reference: str) -> Seen | None:
        """By the reference of any of its attempts."""
        pointer = self._pointers.get(f"ref#{reference}")
        return self.get(pointer.value.registration) if pointer else None

    def save(self, registration: Registration, seen: Seen | None, *mailboxes: SeenMailbox) -> None:
        """One transaction; raises ``Raced``."""
        version = seen.version if seen else None
        known = set(seen.registration.attempts) if seen else set()
        writes: list[Write] = [
            self._registrations.writing(registration, version, id=registration.id)
        ]
        for reference, attempt in registration.attempts.items():
            if reference not in known:
                pointer = Pointer(registration.id, attempt.expires)
                writes.append(self._pointers.writing(pointer, None, id=f"ref#{reference}"))
        for box in mailboxes:
            writes.append(self._mailboxes.writing(box.mailbox, box.version, id=f"limit#{box.key}"))
        commit_transaction(self._client(), writes)

    def change(
        self, reference: str, decide: Callable[[Registration], Registration]
    ) -> Registration | None:
        """Compare-and-swap by reference."""
        pointer = self._pointers.get(f"ref#{reference}")
        if pointer is None:
            return None
        return self._registrations.change(
            lambda found: decide(found) if found else None, id=pointer.value.registration
        )

    def forget(self, seen: Seen) -> None:
        """The record first: a reference that points nowhere is nobody's, and expires."""
        self._registrations.delete(seen.registration.id, seen=seen.version)
        for reference in seen.registration.attempts:
            self._pointers.delete(f"ref#{reference}")


class MailboxTable:
    """Provides ``limits.mailbox.Mailboxes``."""

    def __init__(self, client: Callable[[], Any], addresses: str) -> None:
        self._mailboxes = VersionedTable(client, addresses, Mailbox, _expires)

    def get(self, key: str) -> SeenMailbox:
        """The limits' memory of an address; empty when there is none."""
        stored = self._mailboxes.get(f"limit#{key}")
        if stored is None:
            return SeenMailbox(key, Mailbox(), None)
        return SeenMailbox(key, stored.value, stored.version)


class OwnerTable:
    """Provides ``identity.ownership.Owners``."""

    def __init__(self, client: Callable[[], Any], addresses: str) -> None:
        self._owners = VersionedTable(client, addresses, Owner, _expires)

    def get(self, address: str) -> Owner | None:
        """Who proved the address last."""
        stored = self._owners.get(f"owner#{address}")
        return stored.value if stored else None

    def change(self, address: str, decide: Callable[[Owner | None], Owner | None]) -> None:
        """Compare-and-swap; what ``decide`` raises comes through."""
        self._owners.change(decide, id=f"owner#{address}")

    def forget(self, address: str, seen: Owner) -> bool:
        """Compare-and-swap."""
        return self._owners.remove(lambda owner: owner == seen, id=f"owner#{address}")


class MailRecordTable:
    """``trail.mail_record.MailRecords`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._records = VersionedTable(client, table, MailRecord, _expires)

    def change(
        self, reference: str, mail: str, decide: Callable[[MailRecord | None], MailRecord | None]
    ) -> MailRecord | None:
        """Read, decide, write if nobody else wrote meanwhile; else again."""
        return self._records.change(decide, id=reference, mail=mail)

    def of(self, reference: str) -> list[MailRecord]:
        """Every mail of an attempt, by id."""
        return self._records.query(reference)

    def remove(self, reference: str, mail: str, decide: Callable[[MailRecord], bool]) -> bool:
        """Compare-and-swap."""
        return self._records.remove(decide, id=reference, mail=mail)


class KeptCodeTable:
    """``verification.model.KeptCodes`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._records = VersionedTable(client, table, KeptCode, _expires)

    def keep(self, code: KeptCode) -> KeptCode:
        """Keep ``code`` unless it is kept already; returns what is kept."""
        kept = self._records.change(
            lambda before: before or code, id=_codes_of(code.reference), mail=code.mail
        )
        return kept or code

    def newest(self, reference: str) -> KeptCode | None:
        """The code issued last; it may have expired."""
        codes = self._records.query(_codes_of(reference))
        return max(codes, key=lambda code: (code.issued_at, code.reissue), default=None)

    def forget(self, code: KeptCode) -> None:
        """Take a code away: nobody writes it after ``keep``."""
        self._records.delete(_codes_of(code.reference), code.mail)


def _codes_of(reference: str) -> str:
    return f"code#{reference}"


class ProviderCacheTable:
    """``courier.provider.ProviderCache`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        # Here: no call of the API asks for it, and a cold start would pay.
        from chalicelib.courier.provider import CachedProvider

        self._records = VersionedTable(client, table, CachedProvider, _expires)

    def get(self, domain: str) -> CachedProvider | None:
        """What is remembered, perhaps no longer valid: deletion can take days."""
        stored = self._records.get(domain)
        return stored.value if stored else None

    def put(self, cached: CachedProvider) -> None:
        """Remember, over whatever was remembered before."""
        self._records.change(lambda _: cached, id=cached.domain)
