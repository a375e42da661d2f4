"""Writing the trail: what we did with a mail, and what SES tells of it.

Both ways end in the same join (``states``), so duplicates and disorder are harmless. An event
whose record does not exist makes it, from its tags: SES's word that it has the mail must not be
lost because ours is late, and ``send_code`` then finds it and sends nothing.
"""

from __future__ import annotations

import logging
from typing import Protocol

from msgspec.structs import replace

from chalicelib.errors import TodokuError
from chalicelib.trail.events import UnreadableEvent, parse
from chalicelib.trail.mail_record import MailRecord, MailRecords
from chalicelib.trail.states import STATES, DeliveryState, StateChange, join

log = logging.getLogger(__name__)

_LEFT = frozenset(STATES) - {"waiting", "rejected"}
_SENDERS_FAULT = frozenset({"policy", "spam", "server-down", "too-large", "mailbox-full"})
"""Bounces that say nothing about whether the address was made up. When a receiver refuses *us*,
the schools that ask must not be slowed down for it."""


class NetworkBounces(Protocol):
    """Who is told how a client network's mails fare. Each call comes at most once per mail."""

    def sent(self, network: str, mail: str) -> None:
        """SES took a mail that ``network`` asked for."""

    def bounced(self, network: str, mail: str) -> None:
        """That mail came back, and it is the address that is wrong."""


class Trail:
    """The trail's writer. Methods raise ``TryLater`` when the store cannot answer."""

    def __init__(self, records: MailRecords, networks: NetworkBounces) -> None:
        self._records = records
        self._networks = networks

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

    def forget(self, record: MailRecord) -> None:
        """Take back the record of a mail that will never be sent."""
        self._records.remove(record.reference, record.mail)

    def record_event(self, message: str) -> None:
        """Record an SES event, the text of an SNS message.

        What is not an event of one of our mails is refused by a log line: to raise would have
        it delivered again and again, and it would never become readable.
        """
        try:
            event = parse(message)
        except UnreadableEvent as refusal:
            log.warning("refused a message that is no event of our mails: %s", refusal)
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
        known: list[MailRecord | None] = []

        def decide(before: MailRecord | None) -> MailRecord:
            known[:] = [before]
            return news if before is None else _joined(before, news)

        after = self._records.change(news.reference, news.mail, decide)
        assert after is not None
        self._tell(known[0], after)
        return after

    def _tell(self, before: MailRecord | None, after: MailRecord) -> None:
        """Only the write that won tells, so duplicates never count twice; a process that dies
        just here leaves one mail uncounted, which a share over many mails survives."""
        if not after.network:
            return
        known = before.states if before and before.network else {}
        try:
            if not known.keys() & _LEFT and after.states.keys() & _LEFT:
                self._networks.sent(after.network, after.mail)
            bounce = after.states.get("bounced")
            if bounce and "bounced" not in known and bounce.reason not in _SENDERS_FAULT:
                self._networks.bounced(after.network, after.mail)
        except TodokuError as error:
            log.warning("mail %s was not counted for its network: %r", after.mail, error)


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
