"""Lookup of a registration by its browser's cookie, and of an attempt by its reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.errors import NoRegistration
from chalicelib.verification.cookie_token import Token, opens, parse_token, was_before
from chalicelib.verification.model import Attempt, AttemptState, Registration, Registrations, Seen


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Reads; a cancelled registration is none."""

    registrations: Registrations

    def seen(self, token: str | None) -> Seen | None:
        """The registration with its version, or ``None``."""
        return self._found(token, opens)

    def renewed(self, token: str | None) -> Seen | None:
        """The registration whose token was this one until it was renewed last, or ``None``."""
        return self._found(token, was_before)

    def _found(self, token: str | None, fits: Callable[[Registration, Token], bool]) -> Seen | None:
        held = parse_token(token)
        seen = self.registrations.get(held.id) if held else None
        if held is None or seen is None or not fits(seen.registration, held):
            return None
        return None if seen.registration.attempt.state is AttemptState.VOID else seen

    def registration(self, token: str | None) -> Registration:
        """The registration. Raises ``NoRegistration``."""
        seen = self.seen(token)
        if seen is None:
            raise NoRegistration()
        return seen.registration


def find_attempt(
    registrations: Registrations, reference: str
) -> tuple[Registration, Attempt] | None:
    """The attempt and its registration, whatever their state."""
    seen = registrations.find(reference)
    attempt = seen.registration.attempts.get(reference) if seen else None
    return (seen.registration, attempt) if seen and attempt else None


def current_attempt(
    registrations: Registrations, reference: str, state: AttemptState
) -> Attempt | None:
    """The attempt, if it is its registration's current one and in ``state``."""
    found = find_attempt(registrations, reference)
    if found and found[0].current == reference and found[1].state is state:
        return found[1]
    return None
