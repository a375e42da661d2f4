"""Complete a registration: a proven address gets its password, its browser is signed in.

The steps may stop anywhere and be asked for again: nothing says "completed" before the tokens
are in hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.clock import Clock
from chalicelib.errors import AlreadyCompleted, Conflict, NoRegistration, OutcomeUnknown, TryLater
from chalicelib.identity import ownership
from chalicelib.identity.ownership import Owners
from chalicelib.identity.passwords import check_password
from chalicelib.identity.user_pool import SessionTokens, Users
from chalicelib.verification import transitions
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import AttemptState, Registration, Registrations


@dataclass(frozen=True)
class CompletedRegistration:
    """The account is made and this browser is signed in."""

    registration: Registration
    tokens: SessionTokens


@dataclass(frozen=True, kw_only=True)
class CompleteRegistration:
    """``POST /registrations/current/account``."""

    registrations: Registrations
    owners: Owners
    users: Users
    lookup: Lookup
    clock: Clock
    service_names: Iterable[str]
    shortest_password: int

    def __call__(self, token: str | None, password: str) -> CompletedRegistration:
        """Set the password. Only the cookie that entered the code may.

        Raises ``NoRegistration``, ``AlreadyCompleted``, ``Conflict`` when the code is still to
        come or another browser proved the address later, ``Invalid``, ``PasswordRefused``,
        ``TryLater``.
        """
        registration = self.lookup.registration(token)
        attempt = registration.attempt
        if attempt.state is AttemptState.COMPLETED:
            raise AlreadyCompleted()
        if attempt.state is not AttemptState.VERIFIED:
            raise Conflict("the code comes first")
        check_password(password, attempt.email, self.service_names, self.shortest_password)
        reference, now = attempt.reference, self.clock()
        self.owners.change(
            attempt.address, lambda owner: ownership.completing(owner, reference, now)
        )
        try:
            self.users.set_password(reference, password)
            tokens = self.users.sign_in(reference, password)
        except OutcomeUnknown:
            raise TryLater() from None
        self.owners.change(attempt.address, lambda owner: ownership.finished(owner, reference))
        done = self.registrations.change(reference, lambda r: transitions.completed(r, reference))
        if done is None:
            raise NoRegistration()
        return CompletedRegistration(done, tokens)
