"""Cognito's CustomEmailSender trigger: a code that it issued becomes a mail.

Lambda may invoke this twice for one event, late, and again after a crash anywhere. Every step is
safe to repeat and the code is the event's own, so any number of tries ends with this code
mailed, never with another one:

1. a record in the trail, keyed by the ciphertext's hash;
2. the ciphertext, kept until the code expires, for ``SendAgain``;
3. the registration is told that there is a code; here alone is decided between a sign-up's
   code that comes late and the reissue that its lateness caused;
4. SES;
5. the record is marked ``sent``.

Only a crash between 4 and 5 makes a second mail, with the same code.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.clock import Clock
from chalicelib.courier.interfaces import KeptCode, KeptCodes, Recipient, Recipients
from chalicelib.courier.purpose import TRIGGERS
from chalicelib.courier.sender import MailSender, mail_id
from chalicelib.errors import TodokuError

log = logging.getLogger(__name__)


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


class SendCode:
    """Mails the code in a CustomEmailSender event, in whichever text its recipient should get."""

    def __init__(
        self,
        *,
        recipients: Recipients,
        codes: KeptCodes,
        sender: MailSender,
        code_life: timedelta,
        clock: Clock,
    ) -> None:
        self._recipients = recipients
        self._codes = codes
        self._sender = sender
        self._code_life = code_life
        self._clock = clock

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Mail the code, or say in the log why not.

        Raises ``TryLater`` for what a later try may mend; ``UnknownTrigger``,
        ``UnreadableTrigger`` and ``CodeUnreadable`` for what none will, so that the function's
        failure destination keeps the event and an operator sees it: here a code would be lost
        in silence otherwise.
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
        reissue = TRIGGERS[trigger.trigger_source]
        # The pool folds case, so Cognito may give the reference back in lower case.
        reference = trigger.user_name.upper()
        recipient = self._recipients.addressed(reference)
        why_not = _unwanted(recipient, reissue)
        if recipient is None or why_not:
            log.info("no mail for %s: %s", reference, why_not)
            return
        self._mail(recipient, trigger, reissue)

    def _mail(self, recipient: Recipient, trigger: _Trigger, reissue: bool) -> None:
        ciphertext = trigger.request.code
        record = self._sender.begin(recipient, mail_id(ciphertext))
        asked = min(recipient.asked_at or record.started_at, record.started_at)
        kept = self._codes.keep(
            KeptCode(
                reference=recipient.reference,
                mail=record.mail,
                ciphertext=ciphertext,
                pool=trigger.user_pool_id,
                reissue=reissue,
                issued_at=record.started_at,
                expires_at=asked + self._code_life,
            )
        )
        wanted = self._recipients.code_issued(
            recipient.reference, kept.issued_at, kept.expires_at, reissue=reissue
        )
        if not wanted and not record.handed_over:
            log.info("no mail for %s: overtaken while it was made", recipient.reference)
            self._codes.forget(kept)
            self._sender.forget(record)
            return
        self._sender.send(recipient, record, kept)


def _carries_code(event: Mapping[str, Any]) -> bool:
    request = event.get("request")
    return isinstance(request, Mapping) and bool(request.get("code"))


def _unwanted(recipient: Recipient | None, reissue: bool) -> str | None:
    if recipient is None:
        return "nobody has this reference"
    if not recipient.live:
        return "its registration needs no code any more"
    if recipient.reissued and not reissue:
        return "a newer code was asked for, this one is dead"
    return None
