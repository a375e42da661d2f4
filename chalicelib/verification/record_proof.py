"""Record of a proof: what is written once the user pool says that an address is proven."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.clock import Clock
from chalicelib.errors import NoRegistration
from chalicelib.identity import ownership
from chalicelib.identity.ownership import Owners
from chalicelib.verification import transitions
from chalicelib.verification.model import Attempt, Registration, Registrations


@dataclass(frozen=True, kw_only=True)
class RecordProof:
    """The owner first, then the registration: safe to repeat after a crash in between."""

    registrations: Registrations
    owners: Owners
    clock: Clock

    def __call__(self, attempt: Attempt) -> Registration:
        """``attempt`` proved its address.

        Raises ``Conflict`` when it was corrected or cancelled meanwhile, ``NoRegistration``
        when it is gone.
        """
        now = self.clock()
        self.owners.change(
            attempt.address, lambda owner: ownership.proven(owner, attempt.reference, now)
        )
        changed = self.registrations.change(
            attempt.reference, lambda r: transitions.verified(r, attempt.reference, now)
        )
        if changed is None:
            raise NoRegistration()
        return changed
