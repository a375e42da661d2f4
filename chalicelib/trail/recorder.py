"""Trail recorder: writes what we did with a mail and what SES tells, and announces it.

Both ways end in the same join (``delivery_states``), so duplicates and disorder are harmless. An
event whose record does not exist makes it, from its tags: SES's word that it has the mail must not
be lost because ours is late, and ``send_code`` then finds it and sends nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from chalicelib.errors import TodokuError
from chalicelib.trail.delivery_states import DeliveryState, StateChange, join
from chalicelib.trail.events import UnreadableEvent, parse_event
from chalicelib.trail.mail_record import MailRecord, MailRecords

log = logging.getLogger(__name__)

Listener = Callable[[MailRecord | None, MailRecord | None], None]
"""Told of each change of a mail's record: as it was (``None``: new), and as it is now (``None``:
taken back). At most once: who dies, or never hears that a write of ours got through, tells nobody.
"""


class Trail:
    """Writes the trail, and announces each change. Methods raise ``TryLater`` when the store cannot
    answer.

    Only the write that won announces, so a duplicate is never announced twice. But who takes back
    what is gone already, announces it twice.
    """

    def __init__(self, records: MailRecords, listeners: Sequence[Listener] = ()) -> None:
        self._records = records
        self._listeners = listeners

    def begin(self, record: MailRecord) -> MailRecord:
        """Open the record of a mail, or join it to what is known already; returns what is kept."""
        return self._join(record)

    def reached(
        self,
        record: MailRecord,
        state: DeliveryState,
        change: StateChange,
        message_id: str | None = None,
    ) -> MailRecord:
        """Add a state to the record of a mail; returns what is kept."""
        return self._join(replace(record, states={state: change}, message_id=message_id))

    def reroute(self, record: MailRecord, route: str) -> MailRecord:
        """Have a mail that has not left leave by another route; returns what is kept."""

        def decide(before: MailRecord | None) -> MailRecord:
            # Without one (it expired, or was taken back meanwhile) this mail still has its own.
            current = before or record
            if current.handed_over or current.route == route:
                return current
            return replace(current, route=route)

        return self._changed(record, decide)

    def forget(self, record: MailRecord) -> None:
        """Take back the record of a mail that will never be sent; not of one that another
        invocation has sent meanwhile."""
        if self._records.remove(record.reference, record.mail, lambda r: not r.handed_over):
            self._announce(record, None)

    def record_event(self, message: str) -> None:
        """Record an SES event, the text of an SNS message.

        What is not an event of one of our mails is refused by a log line: to raise would have
        it delivered again and again, and it would never become readable.
        """
        try:
            event = parse_event(message)
        except UnreadableEvent as error:
            log.warning("refused a message that is no event of our mails: %s", error)
            return
        if event is None:
            return
        self._join(
            MailRecord(
                reference=event.reference,
                mail=event.mail,
                purpose=event.purpose,
                provider=event.provider,
                route=event.route,
                network="",
                started_at=event.mailed_at,
                states={event.state: event.change},
                message_id=event.message_id,
            )
        )
        if event.change.reason:
            log.info(
                "mail %s to %s: %s, %s, %s",
                event.mail,
                event.provider,
                event.state,
                event.change.reason,
                event.change.words,
            )

    def _join(self, news: MailRecord) -> MailRecord:
        return self._changed(news, lambda before: _joined(before, news) if before else news)

    def _changed(
        self, record: MailRecord, decide: Callable[[MailRecord | None], MailRecord]
    ) -> MailRecord:
        known: list[MailRecord | None] = []

        def decided(before: MailRecord | None) -> MailRecord:
            known[:] = [before]
            return decide(before)

        after = self._records.change(record.reference, record.mail, decided)
        assert after is not None
        if after is not known[0]:
            self._announce(known[0], after)
        return after

    def _announce(self, before: MailRecord | None, after: MailRecord | None) -> None:
        """Tell every listener, whatever becomes of the others: the change is written already."""
        record = after or before
        assert record is not None
        for listener in self._listeners:
            try:
                listener(before, after)
            except TodokuError as error:
                log.warning("mail %s: a listener was not told: %r", record.mail, error)
            except Exception as error:
                # A defect of ours. Its text may quote anything, its name cannot.
                log.error("mail %s: a listener failed: %s", record.mail, type(error).__name__)


def _joined(before: MailRecord, news: MailRecord) -> MailRecord:
    after = replace(
        before,
        states=join(before.states, news.states),
        message_id=before.message_id or news.message_id,
        network=before.network or news.network,
        # A record made from an event knows only what tags can hold; the courier knows better.
        provider=before.provider if before.network or not news.network else news.provider,
    )
    return before if after == before else after
