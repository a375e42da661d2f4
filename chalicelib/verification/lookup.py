"""Lookup of a registration by its browser's cookie, and of an attempt by its reference."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from chalicelib.errors import NoRegistration
from chalicelib.verification.model import Attempt, AttemptState, Registration, Registrations, Seen


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Reads; a cancelled registration is none."""

    registrations: Registrations

    def seen(self, token: str | None) -> Seen | None:
        """The registration with its version, or ``None``."""
        if not token:
            return None
        seen = self.registrations.get(registration_id(token))
        if seen is None or seen.registration.attempt.state is AttemptState.VOID:
            return None
        return seen

    def registration(self, token: str | None) -> Registration:
        """The registration. Raises ``NoRegistration``."""
        seen = self.seen(token)
        if seen is None:
            raise NoRegistration()
        return seen.registration


def current_attempt(
    registrations: Registrations, reference: str, state: AttemptState
) -> Attempt | None:
    """The attempt, if it is its registration's current one and in ``state``."""
    seen = registrations.find(reference)
    if seen is None or seen.registration.current != reference:
        return None
    attempt = seen.registration.attempt
    return attempt if attempt.state is state else None


def draw_token() -> str:
    """A cookie's token: 256 random bits."""
    return secrets.token_urlsafe(32)


def registration_id(token: str) -> str:
    """The record behind a token. A copy of the table yields no cookies."""
    return hashlib.sha256(token.encode()).hexdigest()
