"""Send again: one more mail with the same code, asked for by the page, done by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from chalicelib.clock import Clock
from chalicelib.errors import RACE_TRIES, Conflict, NoRegistration, Raced, TryLater, Wait
from chalicelib.jobs import Job, JobKind, Jobs, MailAgain, queue_or_leave
from chalicelib.limits.mailbox import Mailboxes, SeenMailbox, take_place
from chalicelib.limits.network import Admitted, NetworkLimit, Visitor
from chalicelib.verification import transitions
from chalicelib.verification.due import AGAIN, UNSENT
from chalicelib.verification.lookup import Lookup, current_attempt
from chalicelib.verification.mail_turn import MailTurn, not_yet
from chalicelib.verification.model import (
    OPEN,
    Attempt,
    AttemptState,
    Registration,
    Registrations,
)
from chalicelib.verification.reconcile_owner import ReconcileOwner
from chalicelib.verification.reissue import Reissue, unsettled


@dataclass(frozen=True, kw_only=True)
class RequestSendAgain:
    """``POST /registrations/current/code``: the applicant asks for one more mail."""

    registrations: Registrations
    mailboxes: Mailboxes
    jobs: Jobs
    network_limit: NetworkLimit
    lookup: Lookup
    clock: Clock

    def __call__(
        self, token: str | None, *, visitor: Visitor, locale: str | None = None
    ) -> Registration:
        """Ask for the code once more; from here on in ``locale``, if the applicant chose one.

        A mail that has not left yet is asked for, instead of another one: however often somebody
        asks while a service is away, one mail comes, takes one place, and is no later for it.
        Raises ``NoRegistration``, ``Conflict`` once verified, ``Wait`` within a minute of the mail
        before, or while that one still waits for its turn, and ``ChallengeRequired``.
        """
        admitted: Admitted | None = None
        for _ in range(RACE_TRIES):
            now = self.clock()
            seen = self.lookup.seen(token)
            if seen is None:
                raise NoRegistration()
            attempt = seen.registration.attempt
            if attempt.state not in OPEN:
                raise Conflict("verified already")
            if now < (again := transitions.send_again_at(attempt)):
                raise Wait(again)
            boxes: list[SeenMailbox] = []
            if transitions.is_to_come(attempt, now):
                asked = transitions.asked_again(seen.registration, now)
            else:
                own = attempt.mails == 1
                admitted = admitted or self.network_limit.admit(
                    visitor, attempt.domain, now, own=own
                )
                asked, boxes = self._asked(seen.registration, admitted, now)
            asked = transitions.with_locale(asked, locale)
            try:
                self.registrations.save(asked, seen, *boxes)
            except Raced:
                continue
            if _is_queued(attempt, now):
                queued = attempt.state is AttemptState.QUEUED
                kind = JobKind.SIGN_UP if queued else JobKind.SEND_AGAIN
                job = Job(kind, attempt.reference, asked.attempt.mails)
                queue_or_leave(self.jobs, job, now, max(now, asked.attempt.mail_asked_at))
            return asked
        raise TryLater(1)

    def _asked(
        self, registration: Registration, admitted: Admitted, now: datetime
    ) -> tuple[Registration, list[SeenMailbox]]:
        """The registration with one more mail asked for."""
        attempt = registration.attempt
        own = attempt.mails == 1
        if own:
            admitted = replace(admitted, unworked=attempt.unworked)
        mailbox = self.mailboxes.get(attempt.limit)
        taken, at = take_place(
            mailbox.mailbox,
            f"{attempt.reference}.{attempt.mails + 1}",
            admitted.network,
            now,
            admitted.earliest,
            own=own,
        )
        asked = transitions.mail_asked(registration, admitted, at, now)
        return asked, [mailbox.becoming(taken)]


def _is_queued(attempt: Attempt, now: datetime) -> bool:
    """Whether a job follows what is asked now. Of a mail to come there is one; once in ten minutes
    it may have been lost. More of them would only be more to do for what is away."""
    if not transitions.is_to_come(attempt, now) or attempt.asked_again_at is None:
        return True
    first, before = attempt.mail_asked_at, attempt.asked_again_at
    return (now - first) // AGAIN > (before - first) // AGAIN


@dataclass(frozen=True, kw_only=True)
class SendAgainJob:
    """The worker's part: hands the mail on once its turn has come."""

    registrations: Registrations
    turn: MailTurn
    reconcile_owner: ReconcileOwner
    reissue: Reissue
    jobs: Jobs
    clock: Clock

    def __call__(self, reference: str, n: int) -> datetime | None:
        """Mail ``n`` of an attempt: the code it has, or a new one when that has expired.

        Returns when to come again, or ``None`` when it is done.
        """
        attempt = current_attempt(self.registrations, reference, AttemptState.AWAITING_CODE)
        if attempt is None or n < attempt.mails:
            return None  # done, or the job came again after another mail was asked for
        now = self.clock()
        expires = attempt.code_expires_at
        # Asked for and not here yet: it is on its way, or the worker died before it could ask.
        missing = expires is None and attempt.reissued_at is not None
        renewing = missing or (expires is not None and expires <= now)
        if renewing and (wait := unsettled(attempt, now)):
            return wait
        if wait := not_yet(attempt, now):
            return wait
        # An account that was deleted since the first mail is none that this one may speak of.
        self.reconcile_owner(attempt)
        if attempt.expected_at and (wait := self.turn.take(reference, now)):
            return wait
        if renewing:
            return self.reissue(reference)
        own = transitions.code_brings_newest_mail(attempt)
        if not own or now >= (attempt.code_asked_at or now) + UNSENT:
            self.jobs.send_again(MailAgain(reference, 0 if own else n))
        # Else it is on its way by itself.
        self.registrations.change(reference, lambda r: transitions.mail_handed_on(r, reference))
        return None
