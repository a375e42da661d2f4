"""Mail turn: whether a mail may leave now, by its time and the budget of the days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import DAY, beginning_of, japan_day
from chalicelib.errors import TryLater
from chalicelib.limits.budget import DAYS_AHEAD, MailBudget
from chalicelib.verification import transitions
from chalicelib.verification.model import Attempt, Registration, Registrations


def not_yet(attempt: Attempt, now: datetime) -> datetime | None:
    """When the turn of the mail that waits is, or ``None`` when it has come."""
    if attempt.expected_at and attempt.expected_at > now + transitions.AT_ONCE:
        return attempt.expected_at
    return None


@dataclass(frozen=True, kw_only=True)
class MailTurn:
    """Takes places in the budget for mails, one for each, and gives back what is not used."""

    registrations: Registrations
    budget: MailBudget

    def take(self, reference: str, now: datetime) -> datetime | None:
        """Take a place for the newest mail of an attempt that is still wanted, if it has none yet.

        Returns when to come again, or ``None`` when the mail may leave. It is noted before it is
        taken: a process that dies in between leaves a mail that is not counted, and none is
        counted twice. Raises ``TryLater``.
        """
        known, placing = self._note(reference)
        if known is None or not placing:
            return None
        network = known.network_of(known.attempts[reference])
        try:
            place = self.budget.take(network, now)
        except TryLater:
            self.registrations.change(reference, lambda r: transitions.without_place(r, reference))
            raise
        if place is None:
            until = beginning_of(japan_day(now) + DAYS_AHEAD * DAY)
            self.registrations.change(
                reference, lambda r: transitions.postponed(r, reference, until, now)
            )
            return until
        if place != self.budget.usual(network, now):
            self.registrations.change(
                reference, lambda r: transitions.placed(r, reference, place, now)
            )
        return place.leaves_at if place.leaves_at > now else None

    def _note(self, reference: str) -> tuple[Registration | None, bool]:
        placing = [False]

        def noted(registration: Registration) -> Registration:
            placing[0] = False
            attempt = registration.attempts.get(reference)
            if attempt is None or not registration.needs_code(attempt):
                return registration
            after = transitions.placing(registration, reference)
            placing[0] = after is not registration
            return after

        return self.registrations.change(reference, noted), placing[0]

    def give_back(self, registration: Registration, reference: str, now: datetime) -> None:
        """Give back the place of a mail that never leaves; once, whoever asks how often."""
        found: list[Attempt] = []

        def noted(known: Registration) -> Registration:
            found[:] = [
                a for r, a in known.attempts.items() if r == reference and is_unused(a, now)
            ]
            return transitions.without_place(known, reference) if found else known

        self.registrations.change(reference, noted)
        for attempt in found:
            taken_at = attempt.signup_at or attempt.asked_at
            usual = self.budget.usual(registration.network_of(attempt), taken_at)
            self.budget.give_back(attempt.place or usual)


def is_unused(attempt: Attempt, now: datetime) -> bool:
    """Whether a place was taken for a mail that cannot have left: it is of a later time, or no code
    ever came that a first mail could have said."""
    if attempt.placed < attempt.mails or attempt.handed_over >= attempt.mails:
        return False
    if attempt.place and attempt.place.leaves_at > now:
        return True
    return attempt.mails == 1 and attempt.code_expires_at is None
