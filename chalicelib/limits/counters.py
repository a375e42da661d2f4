"""Counters of the limits: what a network, a mail domain, an address and all together did on a day.

Who is counted is the *holder* of counters: ``network#KEY``, ``domain#KEY``, ``pair#KEY#KEY`` (a
network's mails to a domain), ``codes#KEY`` (an address), ``mails`` (all).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.limits.network_key import neighbourhood


class Tally(Struct, frozen=True):
    """How a holder's counters stand."""

    asked: int = 0
    """Registrations that were admitted."""
    confirmed: int = 0
    """Right codes."""
    sent: int = 0
    bounced: int = 0
    """Mails that came back because the address is wrong."""
    placed: int = 0
    """Places taken of the day's budget of mails; a network's are those of its share."""
    heavy: int = 0
    """… of which, and of a network's beside these, by those who had more than their share."""
    tried: int = 0
    """Codes tried."""
    issued: int = 0
    """Codes that came from Cognito."""

    @property
    def outstanding(self) -> int:
        """What was asked for and not confirmed. A school confirms, who makes addresses up does
        not."""
        return max(0, self.asked - self.confirmed)


MAILS = "mails"
"""The holder of what all mails of a day are counted by."""


def network(key: str) -> str:
    """The holder of a client network's counters, which all of its neighbourhood share."""
    return f"network#{neighbourhood(key)}"


def domain(key: str) -> str:
    """The holder of a mail domain's counters."""
    return f"domain#{key}"


def codes(limit_key: str) -> str:
    """The holder of what was tried for a mailbox, however its address is spelt: by days, and for a
    season."""
    return f"codes#{limit_key}"


def network_to_domain(network_key: str, domain_key: str) -> str:
    """The holder of the mails that a network's neighbourhood asked for to a domain."""
    return f"pair#{neighbourhood(network_key)}#{domain_key}"


class Counters(Protocol):
    """Plain counters, each write atomic. Methods raise ``TryLater``. To add is not to be repeated
    without counting twice; only ``take`` tells a lost answer from a call that was never made.

    Implemented by ``aws.counters.CounterTable``.
    """

    def add(self, holder: str, day: date | None, **counts: int) -> Tally:
        """Add to the counters that are named; how all of the holder's stand then.

        Without a ``day`` they go on for as long as somebody adds to them, and a season longer.
        """

    def read(self, holder: str, day: date | None) -> Tally:
        """How the holder's counters stand."""

    def take(self, holder: str, day: date | None, **most: int) -> Tally | None:
        """Add one to each counter that is named, if each is below its ``most``; else ``None``.

        Raises ``OutcomeUnknown`` when the answer was lost, and ``TryLater`` when nothing was added.
        """

    def once(self, what: str, until: datetime) -> bool:
        """True for the first who asks for ``what`` before ``until``."""

    def lane_slot(
        self, lane: str, now: datetime, next_slot: Callable[[datetime], datetime]
    ) -> datetime:
        """Take the next place in a slow lane; ``next_slot`` says which one follows it."""
