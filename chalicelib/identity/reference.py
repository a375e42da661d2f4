"""References and labels: drawn at random, easy to read out.

The alphabet has no look-alikes (0 O, 1 I L, 2 Z, 5 S, 8 B, U V: one of each or none) and no
vowels, so that no word is ever spelled.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable

ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
LENGTH = 10
_MODULUS = 29
"""A prime above the alphabet's size: one wrong character and any two swapped are found."""

Draw = Callable[[int], int]
"""``secrets.randbelow``: a number below its argument."""


def _check(digits: list[int]) -> int:
    return sum(place * digit for place, digit in enumerate(digits, start=1)) % _MODULUS


def _digits(count: int, draw: Draw) -> list[int]:
    """Digits of one number: to draw each by itself takes five times as long."""
    size = len(ALPHABET)
    number = draw(size**count)
    return [number // size**place % size for place in range(count)]


def draw_reference(draw: Draw = secrets.randbelow) -> str:
    """Ten characters, the last a check over the others: ``7Q4K2M9X8T``."""
    while True:
        digits = _digits(LENGTH - 1, draw)
        check = _check(digits)
        # Four of 29 check values have no character; such a draw is drawn again.
        if check < len(ALPHABET):
            return "".join(ALPHABET[d] for d in [*digits, check])


def draw_label(draw: Draw = secrets.randbelow) -> str:
    """Two characters that tell a mail and a page that they belong together."""
    return "".join(ALPHABET[d] for d in _digits(2, draw))


def grouped(reference: str) -> str:
    """``7Q4K2M9X8T`` as people read it: ``7Q4K-2M9X-8T``."""
    return "-".join((reference[:4], reference[4:8], reference[8:]))


def parse_reference(typed: str) -> str | None:
    """What somebody typed as a reference, or ``None`` when it cannot be one."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    plain = "".join(c for c in plain if not c.isspace() and c not in "-‐‑‒–—―ー")
    if len(plain) != LENGTH or any(c not in ALPHABET for c in plain):
        return None
    digits = [ALPHABET.index(c) for c in plain]
    return plain if _check(digits[:-1]) == digits[-1] else None
