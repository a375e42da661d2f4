"""A client network's mails, and how many of them bounced: a listener of the trail."""

from __future__ import annotations

from typing import Protocol

from chalicelib.trail.delivery_states import STATES
from chalicelib.trail.mail_record import MailRecord

_LEFT = frozenset(STATES) - {"waiting", "rejected"}
_OF_THE_SENDER = frozenset({"policy", "spam", "server-down", "too-large", "mailbox-full"})
"""Bounces that say nothing about whether the address was made up. When a receiver refuses *us*,
the schools that ask must not be slowed down for it."""


class NetworkCounters(Protocol):
    """Where a client network's mails are counted. Methods raise ``TryLater``.

    Implemented by ``aws.counters.CounterTable``.
    """

    def sent(self, network: str, mail: str) -> None:
        """SES took a mail that ``network`` asked for."""

    def bounced(self, network: str, mail: str) -> None:
        """That mail came back, and it is the address that is wrong."""


class NetworkBounces:
    """Counts each mail at most once, for the network that asked for it.

    A process that dies between the change and its counting leaves one mail uncounted, which a
    share over many mails survives.
    """

    def __init__(self, counters: NetworkCounters) -> None:
        self._counters = counters

    def __call__(self, before: MailRecord | None, after: MailRecord | None) -> None:
        """``before`` has become ``after``."""
        if after is None or not after.network:
            return
        # As long as only SES had told of the mail, nobody was counted for it.
        known = before.states if before and before.network else {}
        if not known.keys() & _LEFT and after.states.keys() & _LEFT:
            self._counters.sent(after.network, after.mail)
        bounce = after.states.get("bounced")
        if bounce and "bounced" not in known and bounce.reason not in _OF_THE_SENDER:
            self._counters.bounced(after.network, after.mail)
