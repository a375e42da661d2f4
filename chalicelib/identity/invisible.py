"""Invisible characters: what may stand in a text that was typed or pasted, and nobody sees."""

from __future__ import annotations

import re
import unicodedata

_NOT_CF = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
    "\u2800\ufffc]"
)
"""Those that are not of category Cf: Unicode's property Default_Ignorable_Code_Point (fillers,
variation selectors, joiners), the empty pattern of Braille, and what stands for a picture."""


def is_invisible(c: str) -> bool:
    """Whether nobody sees ``c``, and not even the gap that a blank makes."""
    return unicodedata.category(c) == "Cf" or _NOT_CF.match(c) is not None


def visible(text: str) -> str:
    """NFKC, without what nobody sees."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not is_invisible(c))


def trimmed(text: str) -> str:
    """Without blanks, controls and invisible characters at its ends; within they stay.

    ``frontend/scripts/password.js`` does the same.
    """
    seen = [n for n, c in enumerate(text) if not _is_blank(c)]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def _is_blank(c: str) -> bool:
    return is_invisible(c) or unicodedata.category(c)[0] == "Z" or unicodedata.category(c) == "Cc"
