"""Who owns an address: the one who proved it last, and for good once a password is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeGuard

from chalicelib.errors import AccountExists, Displaced, TryLater
from chalicelib.registration.model import Attempt, Owner, State

MaybeOwner = Owner | None

LEASE = timedelta(seconds=30)
"""Longer than any function runs: a password that began to be set this long ago was not."""


def owns(owner: MaybeOwner, reference: str) -> TypeGuard[Owner]:
    """Whether ``reference`` is the one who proved the address last."""
    return owner is not None and owner.reference == reference


def displaced(owner: MaybeOwner, attempt: Attempt) -> bool:
    """Whether a proven attempt's address is another's by now: it cannot get a password."""
    return attempt.state is State.VERIFIED and not owns(owner, attempt.reference)


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
