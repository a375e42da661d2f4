"""Mail turn: whether a mail may leave now, by its time and today's budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import next_utc_day
from chalicelib.limits.counters import Counters
from chalicelib.verification import transitions
from chalicelib.verification.model import Attempt, AttemptState, Registrations


@dataclass(frozen=True, kw_only=True)
class MailTurn:
    """Takes mails from the day's budget."""

    registrations: Registrations
    counters: Counters
    mail_budget: int

    def wait(self, attempt: Attempt, now: datetime) -> datetime | None:
        """When the mail's turn is, or ``None`` when it is now: then it is taken."""
        if attempt.expected_at and attempt.expected_at > now + transitions.AT_ONCE:
            return attempt.expected_at
        begun = attempt.state is AttemptState.QUEUED and attempt.signup_at is not None
        if begun or self.counters.mail_taken(now, self.mail_budget):
            return None
        tomorrow = next_utc_day(now)
        self.registrations.change(
            attempt.reference, lambda r: transitions.postponed(r, attempt.reference, tomorrow, now)
        )
        return tomorrow
