"""Send again: the code that is kept, as one more mail."""

from __future__ import annotations

import logging
from enum import Enum

from chalicelib.clock import Clock
from chalicelib.courier.interfaces import CodeUnreadable, KeptCode, KeptCodes, Recipient, Recipients
from chalicelib.courier.sender import MailSender
from chalicelib.identity.codes import IN_TRANSIT

log = logging.getLogger(__name__)


class SendAgainOutcome(Enum):
    """What became of a request to send a code again."""

    HANDED_OVER = "handed over"
    """SES has it, or has refused it for good; the trail says which."""
    NOT_WANTED = "not wanted"
    """Corrected, cancelled, verified or unknown: nothing was sent and nothing is to be done."""
    COMING = "coming"
    """A code was asked for just now and its own mail follows. Nothing was sent; to ask for
    another would kill it."""
    NO_CODE = "no code"
    """No code that still works is kept: only a new one can help."""


class SendAgain:
    """Mails the newest code of an attempt again, as its mail ``<id>.<n>``."""

    def __init__(
        self, *, recipients: Recipients, codes: KeptCodes, sender: MailSender, clock: Clock
    ) -> None:
        self._recipients = recipients
        self._codes = codes
        self._sender = sender
        self._clock = clock

    def __call__(self, reference: str, n: int) -> SendAgainOutcome:
        """Send mail ``n`` of an attempt; the same ``n`` again sends nothing.

        ``n`` 0 is the first mail itself: it goes if it has not yet, for when Lambda gave up
        on ``SendCode`` before SES had room again.

        Raises ``TryLater`` when it may work later.
        """
        recipient = self._recipients.addressed(reference)
        if recipient is None or not recipient.live:
            return SendAgainOutcome.NOT_WANTED
        kept = self._codes.newest(reference)
        if kept is None or not self._works(kept, recipient):
            return SendAgainOutcome.COMING if self._coming(recipient) else SendAgainOutcome.NO_CODE
        record = self._sender.begin(recipient, f"{kept.mail}.{n}" if n else kept.mail)
        try:
            self._sender.send(recipient, record, kept)
        except CodeUnreadable as error:
            log.error("the code kept for %s cannot be opened: %s", reference, error)
            self._sender.forget(record)
            return SendAgainOutcome.NO_CODE
        return SendAgainOutcome.HANDED_OVER

    def _works(self, kept: KeptCode, recipient: Recipient) -> bool:
        dead = recipient.reissued and not kept.reissue
        return not dead and kept.expires_at > self._clock()

    def _coming(self, recipient: Recipient) -> bool:
        return recipient.asked_at is not None and self._clock() < recipient.asked_at + IN_TRANSIT
