"""Recipients of codes: registrations as the courier sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.courier.interfaces import Recipient
from chalicelib.courier.purpose import Purpose
from chalicelib.identity.ownership import Owners
from chalicelib.verification import transitions
from chalicelib.verification.model import OPEN, Attempt, Registration, Registrations


@dataclass(frozen=True, kw_only=True)
class RegistrationRecipients:
    """Provides ``courier.interfaces.Recipients``."""

    registrations: Registrations
    owners: Owners

    def addressed(self, reference: str) -> Recipient | None:
        """Whom the attempt is for; ``None`` when nobody has this reference."""
        seen = self.registrations.find(reference)
        attempt = seen.registration.attempts.get(reference) if seen else None
        if seen is None or attempt is None:
            return None
        owner = self.owners.get(attempt.address)
        finished = owner is not None and owner.finished
        return Recipient(
            reference=reference,
            email=attempt.email,
            label=attempt.label,
            locale=seen.registration.locale,
            network=seen.registration.network,
            provider=attempt.provider,
            purpose=Purpose.ACCOUNT_EXISTS if finished else Purpose.SIGN_UP_CODE,
            reissued=attempt.reissued_at is not None,
            live=_is_live(seen.registration, attempt),
            asked_at=attempt.reissued_at or attempt.signup_at,
        )

    def code_issued(
        self, reference: str, at: datetime, expires: datetime, *, reissue: bool
    ) -> bool:
        """Take note of a code, unless a newer one was asked for or none is needed any more."""
        wanted = [False]

        def note(registration: Registration) -> Registration:
            attempt = registration.attempts.get(reference)
            overtaken = attempt and attempt.reissued_at is not None and not reissue
            wanted[0] = bool(attempt and _is_live(registration, attempt) and not overtaken)
            if not wanted[0]:
                return registration
            return transitions.code_issued(registration, reference, expires)

        return self.registrations.change(reference, note) is not None and wanted[0]

    def know_their_code(self, reference: str) -> bool:
        """Whether ``code_issued`` took note of the newest code of this attempt."""
        seen = self.registrations.find(reference)
        attempt = seen.registration.attempts.get(reference) if seen else None
        return attempt is not None and attempt.code_expires_at is not None


def _is_live(registration: Registration, attempt: Attempt) -> bool:
    return registration.current == attempt.reference and attempt.state in OPEN
