"""Mail the kept code again, from the queue of mails to send again.

The same code, as one more mail; where none is kept that works, a new one is asked for.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from chalicelib.clock import Clock
from chalicelib.courier.sender import MailSender
from chalicelib.identity.codes import IN_TRANSIT
from chalicelib.identity.ownership import Owners
from chalicelib.jobs import Job, JobKind, Jobs, MailAgain
from chalicelib.verification import transitions
from chalicelib.verification.lookup import find_attempt
from chalicelib.verification.model import (
    Attempt,
    CodeDecryption,
    CodeUnreadable,
    KeptCode,
    KeptCodes,
    Registrations,
)
from chalicelib.verification.send_code import mailed_code, recipient_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SendKeptCode:
    """Mails the newest code of an attempt again, as its mail ``<id>.<n>``."""

    registrations: Registrations
    owners: Owners
    codes: KeptCodes
    code_decryption: CodeDecryption
    sender: MailSender
    jobs: Jobs
    clock: Clock

    def __call__(self, asked: MailAgain) -> None:
        """Send mail ``n`` of an attempt, if a code still helps; the same ``n`` again sends nothing.

        ``n`` 0 is the first mail itself: it goes if it has not yet, for when Lambda gave up
        on ``SendCode`` before SES had room again.

        Raises ``TryLater`` when it may work later.
        """
        found = find_attempt(self.registrations, asked.reference)
        if found is None:
            return
        registration, attempt = found
        if not registration.needs_code(attempt):
            return
        kept = self.codes.newest(asked.reference)
        if kept is None or not self._works(kept, attempt):
            # One that was asked for just now is coming by itself; to ask for another kills it.
            if not self._coming(attempt):
                self._reissue(attempt)
            return
        recipient = recipient_of(registration, attempt, self.owners)
        record = self.sender.begin(recipient, f"{kept.mail}.{asked.n}" if asked.n else kept.mail)
        code = partial(mailed_code, self.code_decryption, kept, attempt)
        try:
            self.sender.send(recipient, record, code, kept.expires_at)
        except CodeUnreadable as error:
            log.error("the code kept for %s cannot be opened: %s", asked.reference, error)
            self.sender.forget(record)
            self._reissue(attempt)
            return
        n = asked.n or transitions.newest_mail_due(attempt)
        self.registrations.change(
            attempt.reference, lambda r: transitions.mail_handed_over(r, attempt.reference, n)
        )

    def _works(self, kept: KeptCode, attempt: Attempt) -> bool:
        now, known = self.clock(), attempt.code_expires_at
        if known is None or known <= now:
            return False  # it died, perhaps early, and there may be no other yet
        return not kept.is_superseded(attempt) and kept.expires_at > now

    def _coming(self, attempt: Attempt) -> bool:
        asked_at = attempt.code_asked_at
        if asked_at is None or attempt.code_expires_at is not None:
            return False  # it has come: then it was kept, and is lost
        return self.clock() < asked_at + IN_TRANSIT

    def _reissue(self, attempt: Attempt) -> None:
        code = attempt.code_expires_at
        kind = JobKind.REISSUE_UNREADABLE if code else JobKind.REISSUE_LOST
        self.jobs.put(Job(kind, attempt.reference, code=code))
