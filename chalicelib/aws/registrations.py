"""Tables of registrations, mailboxes' limits and owners of addresses, in DynamoDB.

``registrations`` holds a registration under its id and, under ``ref#REFERENCE``, which
registration a reference belongs to. ``addresses`` holds ``limit#KEY`` and ``owner#KEY``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.errors import aws_errors
from chalicelib.aws.versioned_table import Attributes, VersionedTable, Write, commit_transaction
from chalicelib.identity.ownership import Owner
from chalicelib.limits.mailbox import Mailbox, SeenMailbox
from chalicelib.verification import transitions
from chalicelib.verification.model import Registration, Seen

SHARDS = 8
"""The index of what is due is spread over this many keys, so that a rush is no hot key."""

A_ROUND = 200
"""How many due registrations of a shard the sweeper takes in one round."""


@dataclass(frozen=True)
class Pointer:
    """The registration that a reference belongs to."""

    registration: str
    expires: datetime


def _seconds(moment: datetime) -> dict[str, str]:
    return {"N": str(int(moment.timestamp()))}


def _registration(registration: Registration) -> Attributes:
    extra: dict[str, dict[str, Any]] = {"expires": _seconds(transitions.expires(registration))}
    if (moment := transitions.due(registration)) is not None:
        extra["due_at"] = _seconds(moment)
        extra["due_shard"] = {"S": _shard(registration.id)}
    return extra


def _shard(id: str) -> str:
    return str(zlib.crc32(id.encode()) % SHARDS)


def _pointer(pointer: Pointer) -> Attributes:
    return {"expires": _seconds(pointer.expires)}


def _mailbox(mailbox: Mailbox) -> Attributes:
    moment = mailbox.expires
    return {"expires": _seconds(moment)} if moment else {}


def _owner(owner: Owner) -> Attributes:
    moment = owner.expires
    return {"expires": _seconds(moment)} if moment else {}


class RegistrationTable:
    """Provides ``verification.model.Registrations``."""

    def __init__(self, client: Callable[[], Any], table: str, addresses: str) -> None:
        self._client = client
        self._table = table
        self._registrations = VersionedTable(client, table, Registration, _registration)
        self._pointers = VersionedTable(client, table, Pointer, _pointer)
        self._mailboxes = VersionedTable(client, addresses, Mailbox, _mailbox)

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
                pointer = Pointer(registration.id, attempt.asked_at + transitions.KEPT)
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

    def forget(self, registration: Registration) -> None:
        """The record first: a reference that points nowhere is nobody's, and expires."""
        self._registrations.delete(registration.id)
        for reference in registration.attempts:
            self._pointers.delete(f"ref#{reference}")

    def due(self, now: datetime) -> list[str]:
        """Ids from the sparse index; eventually consistent, which a minute's round forgives."""
        ids: list[str] = []
        for shard in range(SHARDS):
            with aws_errors():
                answer = self._client().query(
                    TableName=self._table,
                    IndexName="due",
                    KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                    ExpressionAttributeValues={":shard": {"S": str(shard)}, ":now": _seconds(now)},
                    Limit=A_ROUND,
                )
            ids += [item["id"]["S"] for item in answer["Items"]]
        return ids


class MailboxTable:
    """Provides ``limits.mailbox.Mailboxes``."""

    def __init__(self, client: Callable[[], Any], addresses: str) -> None:
        self._mailboxes = VersionedTable(client, addresses, Mailbox, _mailbox)

    def get(self, key: str) -> SeenMailbox:
        """The limits' memory of an address; empty when there is none."""
        stored = self._mailboxes.get(f"limit#{key}")
        if stored is None:
            return SeenMailbox(key, Mailbox(), None)
        return SeenMailbox(key, stored.value, stored.version)


class OwnerTable:
    """Provides ``identity.ownership.Owners``."""

    def __init__(self, client: Callable[[], Any], addresses: str) -> None:
        self._owners = VersionedTable(client, addresses, Owner, _owner)

    def get(self, address: str) -> Owner | None:
        """Who proved the address last."""
        stored = self._owners.get(f"owner#{address}")
        return stored.value if stored else None

    def change(self, address: str, decide: Callable[[Owner | None], Owner | None]) -> None:
        """Compare-and-swap; what ``decide`` raises comes through."""
        self._owners.change(decide, id=f"owner#{address}")

    def forget(self, address: str, reference: str) -> None:
        """Only if it is ``reference`` and unfinished, in the same write."""
        stored = self._owners.get(f"owner#{address}")
        if stored is None or stored.value.reference != reference or stored.value.finished:
            return
        self._owners.delete(f"owner#{address}", seen=stored.version)
