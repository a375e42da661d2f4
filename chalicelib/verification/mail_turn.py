"""Mail turn: whether a mail may leave now, by its time and the budget of the days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from chalicelib.clock import DAY, MINUTE, beginning_of, japan_day
from chalicelib.errors import TryLater
from chalicelib.limits.budget import DAYS_AHEAD, MailBudget, MailPlace
from chalicelib.verification import transitions
from chalicelib.verification.model import OPEN, Attempt, Registration, Registrations


def not_yet(attempt: Attempt, now: datetime) -> datetime | None:
    """When the turn of the mail that waits is, or ``None`` when it has come."""
    if attempt.expected_at and attempt.expected_at > now + transitions.AT_ONCE:
        return attempt.expected_at
    return None


def placing(registration: Registration, reference: str, now: datetime) -> Registration:
    """A place in a day's budget is about to be taken for the newest mail."""
    attempt = registration.attempts[reference]
    return registration.with_attempt(replace(attempt, placing_at=now))


def placed(
    registration: Registration, reference: str, place: MailPlace, begun_at: datetime
) -> Registration:
    """The place that was taken; on a later day the mail goes then, and the page says when.

    As it was where the mail, or who began to take a place then, is another by now.
    """
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.placing_at != begun_at:
        return registration
    attempt = replace(attempt, placed=attempt.mails, place=place, placing_at=None)
    if attempt.state in OPEN and place.leaves_at > begun_at:
        attempt = transitions.waiting(attempt, place.leaves_at, begun_at)
    return registration.with_attempt(attempt)


def not_placed(registration: Registration, reference: str, begun_at: datetime) -> Registration:
    """No place was taken, for now."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.placing_at != begun_at:
        return registration
    return registration.with_attempt(replace(attempt, placing_at=None))


def postponed(
    registration: Registration,
    reference: str,
    until: datetime,
    begun_at: datetime,
) -> Registration:
    """There is no place: the mail asks again then, and the page says when."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.state not in OPEN or attempt.placing_at != begun_at:
        return registration
    attempt = replace(attempt, placing_at=None)
    return registration.with_attempt(transitions.waiting(attempt, until, begun_at))


@dataclass(frozen=True, kw_only=True)
class MailTurn:
    """Takes places in the budget for mails, one for each, and gives back what is not used."""

    registrations: Registrations
    budget: MailBudget

    def take(self, reference: str, now: datetime) -> datetime | None:
        """Take a place for the newest mail of an attempt that is still wanted, if it has none yet.

        Returns when to come again, or ``None`` when the mail may leave. That one is about to be
        taken is noted before. Where nobody lived to note what came of it, the mail takes no second
        one while today has room, and leaves uncounted; else it takes one tomorrow. Raises
        ``TryLater``.
        """
        begun = self._begin(reference, now)
        if begun is None:
            return None
        registration, attempt = begun
        if attempt.placed >= attempt.mails:
            return _later(attempt.place, now)
        if attempt.placing_at is not None:
            place, ahead = self.budget.uncounted(now), DAY
        else:
            place, ahead = self._taken(registration, attempt, now), DAYS_AHEAD * DAY
        if place is None:
            again = beginning_of(japan_day(now) + ahead)
            self.registrations.change(reference, lambda r: postponed(r, reference, again, now))
            return again
        self._note(reference, place, now)
        return _later(place, now)

    def _taken(
        self, registration: Registration, attempt: Attempt, now: datetime
    ) -> MailPlace | None:
        network = registration.network_of(attempt)
        try:
            return self.budget.take(network, now, heavy=not attempt.unworked)
        except TryLater:
            self.registrations.change(
                attempt.reference, lambda r: not_placed(r, attempt.reference, now)
            )
            raise

    def _begin(self, reference: str, now: datetime) -> tuple[Registration, Attempt] | None:
        """Note that a place is about to be taken, if there is none. Returns what was there before;
        ``None`` where no mail is wanted."""
        begun: list[tuple[Registration, Attempt]] = []

        def noted(registration: Registration) -> Registration:
            begun.clear()
            attempt = registration.attempts.get(reference)
            if attempt is None or not registration.needs_code(attempt):
                return registration
            begun.append((registration, attempt))
            if attempt.placed >= attempt.mails:
                return registration
            if attempt.placing_at is not None and now < attempt.placing_at + MINUTE:
                raise TryLater()  # somebody else is just taking it
            return placing(registration, reference, now)

        self.registrations.change(reference, noted)
        return begun[0] if begun else None

    def _note(self, reference: str, place: MailPlace, now: datetime) -> None:
        """Note a place that was taken, or give it back where it is not asked for any more."""
        after = self.registrations.change(reference, lambda r: placed(r, reference, place, now))
        attempt = after.attempts.get(reference) if after else None
        # By what stands there: the answer to a write that noted it may have been lost.
        if attempt is None or attempt.place != place:
            self.budget.give_back(place)

    def give_back(self, reference: str, now: datetime) -> None:
        """Give back the place of a mail that never leaves; once, whoever asks how often."""
        found: list[MailPlace] = []

        def without_place(registration: Registration) -> Registration:
            found.clear()
            attempt = registration.attempts.get(reference)
            place = unused_place(attempt, now) if attempt else None
            if attempt is None or place is None:
                return registration
            found.append(place)
            return registration.with_attempt(replace(attempt, place=None))

        self.registrations.change(reference, without_place)
        for place in found:
            self.budget.give_back(place)


def _later(place: MailPlace | None, now: datetime) -> datetime | None:
    return place.leaves_at if place and place.leaves_at > now else None


def unused_place(attempt: Attempt, now: datetime) -> MailPlace | None:
    """The place that was taken for a mail that cannot have left: it is of a later time, or nobody
    was signed up who could have a code. Asked once no sign-up is under way."""
    nobody = attempt.signed_up_at is None and attempt.code_expires_at is None
    place = attempt.place
    return place if place and (nobody or place.leaves_at > now) else None
