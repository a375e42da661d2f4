"""Code attempts: five at once, then after waits, and never more than 15 an hour.

Pure rules over the times of wrong codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.clock import DAY, HOUR
from chalicelib.limits.counters import Tally

FREE_CODES = 5
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
CODES_AN_HOUR = 15
"""Cognito's own limit for a user is the same."""
CODES_A_DAY = 50
"""Over all registrations of an address; a registration's first five are always its own."""


GUESSED_AT = 200
"""Codes tried for an address in a season after which its codes have more digits …"""
SHORT_CODES = 126
"""… or so many codes of six digits that it had: five guesses at each, and what is left of the day's
fifty. So whoever has all networks he wants, and saves up what he may ask for, has fewer than a
thousand guesses at codes of six digits."""


def wants_more_digits(season: Tally) -> bool:
    """Whether an address's next code has more digits, as its counters of the season stand with
    that code."""
    return season.tried >= GUESSED_AT or season.issued > SHORT_CODES


def next_code(wrong: Sequence[datetime], now: datetime) -> datetime:
    """When the next code may be tried, after ``wrong`` ones (oldest first): five at once, then
    after a wait of 1, 5, 15 minutes, and never more than 15 an hour."""
    today = [t for t in wrong if t > now - DAY]
    until = now
    if len(today) >= FREE_CODES:
        wait = WAITS[min(len(today) - FREE_CODES, len(WAITS) - 1)]
        until = max(until, today[-1] + wait)
    if len([t for t in today if t > now - HOUR]) >= CODES_AN_HOUR:
        until = max(until, today[-CODES_AN_HOUR] + HOUR)
    return until


def codes_left(wrong: Sequence[datetime], now: datetime) -> int:
    """How many codes may be tried before a wait: five at first, one after each wait."""
    if next_code(wrong, now) > now:
        return 0
    today = [t for t in wrong if t > now - DAY]
    return max(1, FREE_CODES - len(today))
