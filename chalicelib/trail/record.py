"""Writing the trail: what we did with a mail, and what SES tells of it.

Both ways end in the same join (``states``), so duplicates and disorder are harmless. An event
whose row does not exist makes the row, from its tags: SES's word that it has the mail must not
be lost because ours is late, and ``send_code`` then finds it and sends nothing.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Protocol

from chalicelib.errors import TodokuError
from chalicelib.trail.events import UnreadableEvent, parse
from chalicelib.trail.row import Row, Rows
from chalicelib.trail.states import Mark, State, join

log = logging.getLogger(__name__)

_LEFT = frozenset(State) - {State.WAITING, State.REJECTED}
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

    def __init__(self, rows: Rows, networks: NetworkBounces) -> None:
        self._rows = rows
        self._networks = networks

    def begin(self, row: Row) -> Row:
        """Open the row of a mail, or join it to what is known already; returns what is kept."""
        return self._join(row)

    def reached(self, row: Row, state: State, mark: Mark, message_id: str | None = None) -> Row:
        """Add a state to the row of a mail; returns what is kept."""
        return self._join(replace(row, marks={state: mark}, message_id=message_id))

    def forget(self, row: Row) -> None:
        """Take back the row of a mail that will never be sent."""
        self._rows.remove(row.reference, row.mail)

    def record(self, message: str) -> None:
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
            Row(
                reference=event.reference,
                mail=event.mail,
                purpose=event.purpose,
                provider=event.provider,
                route=event.route,
                network="",
                started_at=event.mailed_at,
                marks={event.state: event.mark},
                message_id=event.message_id,
            )
        )
        if event.mark.reason:
            log.info(
                "mail %s to %s: %s, %s, %s",
                event.mail,
                event.provider,
                event.state,
                event.mark.reason,
                event.mark.words,
            )

    def _join(self, news: Row) -> Row:
        known: list[Row | None] = []

        def decide(before: Row | None) -> Row:
            known[:] = [before]
            return news if before is None else _joined(before, news)

        after = self._rows.change(news.reference, news.mail, decide)
        assert after is not None
        self._tell(known[0], after)
        return after

    def _tell(self, before: Row | None, after: Row) -> None:
        """Only the write that won tells, so duplicates never count twice; a process that dies
        just here leaves one mail uncounted, which a share over many mails survives."""
        if not after.network:
            return
        known = before.marks if before and before.network else {}
        try:
            if not known.keys() & _LEFT and after.marks.keys() & _LEFT:
                self._networks.sent(after.network, after.mail)
            bounce = after.marks.get(State.BOUNCED)
            if bounce and State.BOUNCED not in known and bounce.reason not in _SENDERS_FAULT:
                self._networks.bounced(after.network, after.mail)
        except TodokuError as error:
            log.warning("mail %s was not counted for its network: %r", after.mail, error)


def _joined(before: Row, news: Row) -> Row:
    after = replace(
        before,
        marks=join(before.marks, news.marks),
        message_id=before.message_id or news.message_id,
        network=before.network or news.network,
        # A row made from an event knows only what tags can hold; the courier knows better.
        provider=before.provider if before.network or not news.network else news.provider,
    )
    return before if after == before else after
