"""One more mail with the same code."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.clock import Clock
from chalicelib.errors import Conflict, NoRegistration, Raced, TryLater, Wait
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits.interfaces import Mailboxes
from chalicelib.limits.mailbox import take_place
from chalicelib.verification import transitions
from chalicelib.verification.interfaces import TRIES, Registrations
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import OPEN, Registration


@dataclass(frozen=True, kw_only=True)
class RequestSendAgain:
    """``POST /registrations/current/code``."""

    registrations: Registrations
    mailboxes: Mailboxes
    jobs: Jobs
    lookup: Lookup
    clock: Clock

    def __call__(self, token: str | None, *, locale: str | None = None) -> Registration:
        """Ask for the code once more; from here on in ``locale``, if the applicant chose one.

        Raises ``NoRegistration``, ``Conflict`` once verified, and ``Wait`` within a minute of
        the mail before, or while that one still waits for its turn.
        """
        for _ in range(TRIES):
            now = self.clock()
            seen = self.lookup.seen(token)
            if seen is None:
                raise NoRegistration()
            attempt = seen.registration.attempt
            if attempt.state not in OPEN:
                raise Conflict("verified already")
            if now < (again := transitions.resend_at(attempt)):
                raise Wait(again)
            asked = transitions.mail_asked(seen.registration, now)
            mailbox = self.mailboxes.get(attempt.limit)
            granted, at = take_place(
                mailbox.mailbox,
                transitions.mail_name(asked.attempt),
                seen.registration.network,
                now,
            )
            asked = transitions.speaking(transitions.mail_asked(seen.registration, at), locale)
            try:
                self.registrations.save(asked, seen, mailbox.becoming(granted))
            except Raced:
                continue
            kind = JobKind.SEND_AGAIN if attempt.signup_at else JobKind.SIGN_UP
            queue_or_leave(self.jobs, Job(kind, attempt.reference, asked.attempt.mails), at)
            return asked
        raise TryLater(1)
