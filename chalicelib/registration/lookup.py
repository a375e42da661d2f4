"""From a browser's cookie to its registration."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.errors import NoRegistration
from chalicelib.registration.interfaces import Registrations, Seen
from chalicelib.registration.model import Registration, State
from chalicelib.registration.reference import registration_id


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Reads; a cancelled registration is none."""

    registrations: Registrations

    def seen(self, token: str | None) -> Seen | None:
        """The registration with its version, or ``None``."""
        if not token:
            return None
        seen = self.registrations.get(registration_id(token))
        if seen is None or seen.registration.attempt.state is State.VOID:
            return None
        return seen

    def registration(self, token: str | None) -> Registration:
        """The registration. Raises ``NoRegistration``."""
        seen = self.seen(token)
        if seen is None:
            raise NoRegistration()
        return seen.registration
