"""Mails that were sent and that bounced, counted for who asked: a listener of the trail."""

from __future__ import annotations

from chalicelib.clock import Clock, japan_day
from chalicelib.limits import counters as holders
from chalicelib.limits.counters import MAILS, Counters
from chalicelib.trail.delivery_states import STATES
from chalicelib.trail.mail_record import MailRecord

_LEFT = frozenset(STATES) - {"waiting", "rejected"}
_OF_THE_SENDER = frozenset(
    {"policy", "spam", "server-down", "deferred", "too-large", "mailbox-full"}
)
"""Bounces that say nothing about whether the address was made up. When a receiver refuses *us*,
the schools that ask must not be slowed down for it."""


class NetworkBounces:
    """Counts each mail at most once: for the network that asked for it together with the domain
    that it went to, and those that bounced for all.

    A process that dies between the change and its counting leaves one mail uncounted, which a
    share over many mails survives.
    """

    def __init__(self, counters: Counters, clock: Clock) -> None:
        self._counters = counters
        self._clock = clock

    def __call__(self, before: MailRecord | None, after: MailRecord | None) -> None:
        """``before`` has become ``after``."""
        if after is None or not after.network:
            return
        # As long as only SES had told of the mail, nobody was counted for it.
        known = before.states if before and before.network else {}
        together = holders.network_to_domain(after.network, after.domain)
        if not known.keys() & _LEFT and after.states.keys() & _LEFT:
            self._count("sent", together)
        bounce = after.states.get("bounced")
        if bounce and "bounced" not in known and bounce.reason not in _OF_THE_SENDER:
            mine = holders.network(after.network)
            self._count("bounced", MAILS, together, mine)

    def _count(self, counter: str, *who: str) -> None:
        day = japan_day(self._clock())
        for holder in who:
            self._counters.add(holder, day, **{counter: 1})
