"""Reconcile the owner of an address with the user pool, on every sign-up's way.

The pool is the authority on who signs in by an address; our record is what mails and answers are
decided by without asking it. They may part: an account is deleted in the pool, a record is lost, a
new pepper gives every address a new key.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.clock import Clock
from chalicelib.identity import ownership
from chalicelib.identity.ownership import Owners
from chalicelib.identity.user_pool import NoUser, Users, UserState
from chalicelib.verification.model import Attempt


@dataclass(frozen=True, kw_only=True)
class ReconcileOwner:
    """Has the record say of an address's owner what the pool says."""

    owners: Owners
    users: Users
    clock: Clock

    def __call__(self, attempt: Attempt) -> None:
        """Ask the pool once, whether or not the address is known.

        Raises ``TryLater``, ``OutcomeUnknown``.
        """
        holder = self.users.holder(attempt.email)
        owner = self.owners.get(attempt.address)
        if holder is not None and holder.finished:
            now = self.clock()
            if not (ownership.owns(owner, holder.reference) and owner.finished):
                self.owners.change(
                    attempt.address,
                    lambda found: ownership.known_to_pool(found, holder.reference, now),
                )
        elif holder is not None and ownership.owns(owner, holder.reference) and owner.finished:
            # Its job was lost, or it is older than the attribute.
            with suppress(NoUser):
                self.users.mark_finished(holder.reference)
        elif holder is None and owner is not None and owner.finished:
            # Not by the alias alone: it may be late to follow a sign-up of a moment ago.
            gone = self.users.state(owner.reference) is UserState.NONE
            if gone:
                self.owners.forget(attempt.address, owner)
