"""Cognito's CustomEmailSender trigger: a code that it issued becomes a mail.

Lambda may invoke this twice for one event, late, and again after a crash anywhere. Every step is
safe to repeat and the code is the event's own, so any number of tries ends with this code
mailed, never with another one:

1. a record in the trail, keyed by the ciphertext's hash;
2. the ciphertext, kept until the code expires, for ``SendKeptCode``;
3. the registration is told that there is a code; here alone is decided between a sign-up's
   code that comes late and the reissue that its lateness caused;
4. SES;
5. the record is marked ``sent``;
6. the registration is told that the mail was handed over. Until it is, the sweeper has it tried
   again, as long as the code lives.

Only a crash between 4 and 5 makes a second mail, with the same code.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from chalicelib.clock import Clock
from chalicelib.courier.sender import MailSender, Recipient
from chalicelib.courier.text import Purpose
from chalicelib.errors import TodokuError, TryLater
from chalicelib.identity.codes import draw_tail
from chalicelib.identity.ownership import Owners
from chalicelib.jobs import Jobs, MailAgain
from chalicelib.limits import counters as holders
from chalicelib.limits.code_attempts import wants_more_digits
from chalicelib.limits.counters import Counters
from chalicelib.verification import transitions
from chalicelib.verification.lookup import find_attempt
from chalicelib.verification.model import (
    Attempt,
    CodeDecryption,
    KeptCode,
    KeptCodes,
    Registration,
    Registrations,
)

log = logging.getLogger(__name__)

TRIGGERS = {"CustomEmailSender_SignUp": False, "CustomEmailSender_ResendCode": True}
"""The trigger sources whose code is the attempt's, and whether it is a reissued one. What the mail
with it is for, the attempt says: to Cognito everything that proves an address is a sign-up."""


class UnknownTrigger(TodokuError):
    """A trigger with a code that nobody here knows how to mail; the message names its source."""


class UnreadableTrigger(TodokuError):
    """No CustomEmailSender event, or one without a code. Quotes nothing of it."""


class _Request(msgspec.Struct):
    code: str


class _Trigger(msgspec.Struct, rename="camel"):
    trigger_source: str
    user_name: str
    user_pool_id: str
    request: _Request


@dataclass(frozen=True, kw_only=True)
class SendCode:
    """Mails the code in a CustomEmailSender event, in whichever text its recipient should get."""

    registrations: Registrations
    owners: Owners
    codes: KeptCodes
    code_decryption: CodeDecryption
    sender: MailSender
    jobs: Jobs
    counters: Counters
    clock: Clock
    code_life: timedelta

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Mail the code, or say in the log why not.

        Raises ``TryLater`` for what a later try may mend: Lambda tries twice more, and the queue
        of mails to send again has it too. Raises ``UnknownTrigger``, ``UnreadableTrigger`` and
        ``CodeUnreadable`` for what no try mends, so that the function's failure destination keeps
        the event and an operator sees it: here a code would be lost in silence otherwise.
        """
        source = event.get("triggerSource")
        if source not in TRIGGERS:
            if _carries_code(event):
                raise UnknownTrigger(f"no mail for trigger source {source!r:.60}")
            log.warning("no mail for trigger source %.60r", source)
            return
        try:
            trigger = msgspec.convert(event, _Trigger)
        except msgspec.ValidationError as error:
            raise UnreadableTrigger(str(error)) from None
        # The pool folds case, so Cognito may give the reference back in lower case.
        reference = trigger.user_name.upper()
        try:
            self._look(reference, trigger)
        except TryLater:
            self._be_patient(reference)
            raise

    def _look(self, reference: str, trigger: _Trigger) -> None:
        """Mail the code if its attempt still wants it."""
        reissue = TRIGGERS[trigger.trigger_source]
        found = find_attempt(self.registrations, reference)
        if found is None:
            log.info("no mail for %s: nobody has this reference", reference)
            return
        registration, attempt = found
        if not registration.needs_code(attempt):
            log.info("no mail for %s: its registration needs no code any more", reference)
        elif attempt.reissued_at and not reissue:
            log.info("no mail for %s: a newer code was asked for, this one is dead", reference)
        else:
            self._mail(registration, attempt, trigger, reissue)

    def _mail(
        self, registration: Registration, attempt: Attempt, trigger: _Trigger, reissue: bool
    ) -> None:
        reference = attempt.reference
        recipient = recipient_of(registration, attempt, self.owners)
        ciphertext = trigger.request.code
        record = self.sender.begin(recipient, mail_id(ciphertext))
        asked = min(attempt.code_asked_at or record.started_at, record.started_at)
        kept = self.codes.keep(
            KeptCode(
                reference=reference,
                mail=record.mail,
                ciphertext=ciphertext,
                pool=trigger.user_pool_id,
                reissue=reissue,
                issued_at=record.started_at,
                expires_at=asked + self.code_life,
            )
        )
        noted = self._note(kept, attempt)
        if noted is None and not record.handed_over:
            log.info("no mail for %s: overtaken while it was made", reference)
            self.codes.forget(kept)
            self.sender.forget(record)
            return
        code = partial(mailed_code, self.code_decryption, kept, noted or attempt)
        self.sender.send(recipient, record, code, kept.expires_at)
        if noted is not None:
            n = transitions.newest_mail_due(noted)
            self.registrations.change(
                reference, lambda r: transitions.mail_handed_over(r, reference, n)
            )

    def _note(self, kept: KeptCode, attempt: Attempt) -> Attempt | None:
        """Have the registration know of the code; ``None`` where it is not wanted any more.

        One compare-and-swap decides between this code and a reissue that is just being asked
        for. The same code again has the same answer.
        """
        wanted = [False]
        holder = holders.codes(attempt.limit)
        season = self.counters.add(holder, None, issued=1)
        drawn = draw_tail() if wants_more_digits(season) else ""

        def noted(registration: Registration) -> Registration:
            current = registration.attempts.get(kept.reference)
            wanted[0] = (
                current is not None
                and registration.needs_code(current)
                and not kept.is_superseded(current)
            )
            if not wanted[0]:
                return registration
            # The same code once more is what it was when it was mailed.
            known = current is not None and current.code_expires_at == kept.expires_at
            tail = current.code_tail if current and known else drawn
            return transitions.code_issued(registration, kept.reference, kept.expires_at, tail)

        known = self.registrations.change(kept.reference, noted)
        return known.attempts[kept.reference] if known and wanted[0] else None

    def _be_patient(self, reference: str) -> None:
        """Have a queue send the mail too: Lambda's two tries are over in three minutes.

        Not before the registration knows of the code: the sweeper takes it for lost until then,
        and the new one that it asks for would make this one a dead code in somebody's inbox.
        """
        found = find_attempt(self.registrations, reference)
        if found and found[1].code_expires_at is not None:
            self.jobs.send_again(MailAgain(reference, 0))


def recipient_of(registration: Registration, attempt: Attempt, owners: Owners) -> Recipient:
    """Whom a mail to ``attempt`` is for: its address, or that address's owner who finished."""
    owner = owners.get(attempt.address)
    finished = owner is not None and owner.finished
    return Recipient(
        reference=attempt.reference,
        email=attempt.email,
        label=attempt.label,
        locale=registration.locale,
        network=registration.network_of(attempt),
        domain=attempt.domain,
        provider=attempt.provider,
        purpose=Purpose.ACCOUNT_EXISTS if finished else Purpose.SIGN_UP_CODE,
    )


def mailed_code(code_decryption: CodeDecryption, kept: KeptCode, attempt: Attempt) -> str:
    """The code as its mail says it."""
    return code_decryption.decrypt(kept.ciphertext, kept.pool) + attempt.code_tail


def mail_id(ciphertext: str) -> str:
    """The id of the mail that first carries a code: the same for every invocation with it.

    Over the text as Cognito sent it; an event that is delivered twice is the same bytes.
    """
    return hashlib.sha256(ciphertext.encode()).hexdigest()[:32]


def _carries_code(event: Mapping[str, Any]) -> bool:
    request = event.get("request")
    return isinstance(request, Mapping) and bool(request.get("code"))
