"""Ownership of an address: of who proved it last, and for good once a password is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.clock import CLOCKS_APART
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
    candidate: str | None = None
    """Who is about to take the address over, while the user pool is asked; nobody else may, and no
    password is set, for a moment from …"""
    candidate_at: datetime | None = None

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

    def forget(self, address: str, seen: Owner) -> bool:
        """Take the owner away if it still is as it was seen. Whether it is gone."""


MaybeOwner = Owner | None

NOBODY = ""
"""The reference of no user: the record's, where it is known only who has lost the address."""

LEASE = timedelta(seconds=25) + CLOCKS_APART
"""As long as the API's function runs at most, by whatever clock: what began this long ago, a
password or a takeover, is not under way any more."""


def owns(owner: MaybeOwner, reference: str) -> TypeGuard[Owner]:
    """Whether ``reference`` is the one who proved the address last."""
    return owner is not None and owner.reference == reference


def proven(owner: MaybeOwner, reference: str, now: datetime) -> Owner:
    """``reference`` proved the address in the user pool, which is the authority. Another's lease
    stays: it is about to take the address over."""
    if owns(owner, reference):
        return owner
    made = Owner(reference=reference, proven_at=now)
    if owner is None or owner.candidate == reference:
        return made
    return replace(made, candidate=owner.candidate, candidate_at=owner.candidate_at)


def contested(owner: MaybeOwner, reference: str) -> bool:
    """Whether the record names another, of whom ``reference`` did not just take the address over:
    that one may have proved it later, which only the user pool knows."""
    return owner is not None and reference not in (owner.reference, owner.candidate)


def takeover(owner: MaybeOwner, holder: str, reference: str, now: datetime) -> Owner:
    """``reference`` is about to take the address from ``holder``, who never finished.

    Only a lease is written: until the user pool has said that the code is right, nobody has
    lost anything. Raises ``AccountExists`` when there is an owner who finished, ``TryLater`` while
    one is finishing, or another is taking over.
    """
    if owner is None:
        owner = Owner(reference=holder, proven_at=now)
    if owner.finished:
        raise AccountExists()
    if _fresh(owner.completing_at, now) and owner.reference != reference:
        raise TryLater(5)
    if _fresh(owner.candidate_at, now) and owner.candidate != reference:
        raise TryLater(5)
    return replace(owner, candidate=reference, candidate_at=now)


def not_taken(owner: MaybeOwner, reference: str) -> MaybeOwner:
    """The code of ``reference`` was wrong: it takes nothing over."""
    if owner is None or owner.candidate != reference:
        return owner
    return replace(owner, candidate=None, candidate_at=None)


def without(owner: MaybeOwner, reference: str) -> MaybeOwner:
    """The user pool says that another proved the address after ``reference``, which the record may
    still name: it names nobody until that one's proof is noted. A lease stays."""
    if not owns(owner, reference) or owner.finished:
        return owner
    return replace(owner, reference=NOBODY, completing_at=None)


def completing(owner: MaybeOwner, reference: str, now: datetime) -> Owner:
    """A password is about to be set for ``reference``. Raises ``Displaced`` for another's, and
    ``TryLater`` while another is taking the address over."""
    if not owns(owner, reference):
        raise Displaced()
    if _fresh(owner.candidate_at, now) and owner.candidate != reference:
        raise TryLater(5)
    return replace(owner, completing_at=now, candidate=None, candidate_at=None)


def finished(owner: MaybeOwner, reference: str) -> Owner:
    """The password is set. Raises ``Displaced`` when the address was taken over meanwhile."""
    if not owns(owner, reference):
        raise Displaced()
    return owner if owner.finished else replace(owner, finished=True)


def known_to_pool(owner: MaybeOwner, holder: str, now: datetime) -> Owner:
    """The user pool has ``holder`` as the address's owner who finished."""
    if owns(owner, holder):
        return finished(owner, holder)
    return Owner(reference=holder, proven_at=now, finished=True)


def _fresh(since: datetime | None, now: datetime) -> bool:
    return since is not None and now < since + LEASE
