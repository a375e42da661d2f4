"""Mail turn: whether a mail may leave now, by its time and the budget of the days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import DAY, beginning_of, japan_day
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

    def take(self, registration: Registration, reference: str, now: datetime) -> datetime | None:
        """Take a place for a mail that is noted to have one (``placing``).

        Returns when to come again, or ``None`` when the mail may leave. A process that dies
        before this leaves a mail that is not counted, never one that is counted twice.
        """
        attempt = registration.attempts[reference]
        place = self.budget.take(registration.network, attempt.domain, now)
        if place is None:
            until = beginning_of(japan_day(now) + DAYS_AHEAD * DAY)
            self.registrations.change(
                reference, lambda r: transitions.postponed(r, reference, until, now)
            )
            return until
        later = place.leaves_at > now
        if place != self.budget.usual(registration.network, attempt.domain, now):
            self.registrations.change(
                reference, lambda r: transitions.placed(r, reference, place, now)
            )
        return place.leaves_at if later else None

    def give_back(self, registration: Registration, reference: str) -> None:
        """Give back the place of a mail that never leaves; once, whoever asks how often."""
        found: list[Attempt] = []

        def noted(known: Registration) -> Registration:
            found[:] = [a for r, a in known.attempts.items() if r == reference and _unused(a)]
            return transitions.without_place(known, reference) if found else known

        self.registrations.change(reference, noted)
        for attempt in found:
            network, domain = registration.network, attempt.domain
            usual = self.budget.usual(network, domain, _taken_at(attempt))
            self.budget.give_back(attempt.place or usual)


def _unused(attempt: Attempt) -> bool:
    return attempt.placed > attempt.handed_over


def _taken_at(attempt: Attempt) -> datetime:
    return max(attempt.mail_asked_at, attempt.code_asked_at or attempt.asked_at)
