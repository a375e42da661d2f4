"""Ownership of an address: of who proved it last, and for good once a password is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.errors import AccountExists, Displaced, TryLater

UNFINISHED_FOR = timedelta(days=7)
"""How long an address may stay unproven, or proven without a password."""


class Owner(Struct, frozen=True):
    """Who proved an address last. Not ``finished``: nobody set a password, so the next one who
    proves the address takes it over."""

    reference: str
    proven_at: datetime
    finished: bool = False
    completing_at: datetime | None = None
    """When a password began to be set; no takeover for a moment."""

    @property
    def expires(self) -> datetime | None:
        """When the record may be deleted. A finished owner's stays as long as the account."""
        return None if self.finished else self.proven_at + 2 * UNFINISHED_FOR


class Owners(Protocol):
    """Who proved an address, by its identity key.

    Implemented by ``aws.tables.OwnerTable``.
    """

    def get(self, address: str) -> Owner | None:
        """Who proved the address last."""

    def change(self, address: str, decide: Callable[[Owner | None], Owner | None]) -> None:
        """Compare-and-swap; what ``decide`` raises comes through and nothing is written."""

    def forget(self, address: str, reference: str) -> None:
        """Take the owner away if it is ``reference`` and not finished."""


MaybeOwner = Owner | None

LEASE = timedelta(seconds=30)
"""Longer than any function runs: a password that began to be set this long ago was not."""


def owns(owner: MaybeOwner, reference: str) -> TypeGuard[Owner]:
    """Whether ``reference`` is the one who proved the address last."""
    return owner is not None and owner.reference == reference


def proven(owner: MaybeOwner, reference: str, now: datetime) -> Owner:
    """``reference`` proved the address in the user pool, which is the authority."""
    if owns(owner, reference):
        return owner
    return Owner(reference=reference, proven_at=now)


def taken_over(owner: MaybeOwner, reference: str, now: datetime) -> Owner:
    """``reference`` proved an address that another user holds.

    Raises ``AccountExists`` when that one is finished, ``TryLater`` while it is finishing.
    """
    if owner is None or owner.reference == reference:
        return proven(owner, reference, now)
    if owner.finished:
        raise AccountExists()
    if owner.completing_at is not None and now < owner.completing_at + LEASE:
        raise TryLater(5)
    return Owner(reference=reference, proven_at=now)


def completing(owner: MaybeOwner, reference: str, now: datetime) -> Owner:
    """A password is about to be set for ``reference``. Raises ``Displaced`` for another's."""
    if not owns(owner, reference):
        raise Displaced()
    return replace(owner, completing_at=now)


def finished(owner: MaybeOwner, reference: str) -> Owner:
    """The password is set. Raises ``Displaced`` when the address was taken over meanwhile."""
    if not owns(owner, reference):
        raise Displaced()
    return owner if owner.finished else replace(owner, finished=True)
