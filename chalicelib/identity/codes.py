"""Codes: as an applicant types them, their length, and how long one may be on its way to us."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import timedelta

from chalicelib.errors import Invalid, InvalidField

IN_TRANSIT = timedelta(minutes=7)
"""How long a new code may take from Cognito to us: the six minutes for which Lambda keeps its event
(``MaximumEventAgeInSeconds`` of ``SendCode``, three tries), what the last try takes, and the call
that asked for it. To ask for another in this time would kill the one on its way, and a dead code
that came after the living one would be mailed as the newest."""

DIGITS = 6
"""Of a code as Cognito issues it."""
MORE_DIGITS = 4
"""That follow it where an address has been guessed at too often: of a million codes there are ten
thousand million then."""

_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ー・.]")
_CODE = re.compile(r"[0-9]{6}(?:[0-9]{4})?")


def normalise_code(typed: str) -> str:
    """Six ASCII digits, or ten, from ``１２３ ４５６``, ``123-456`` and the like.

    Raises ``Invalid`` (``empty``, ``not-six-digits``): such a code costs no attempt.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:64]))
    if not plain:
        raise Invalid(InvalidField("code", "empty"))
    if not _CODE.fullmatch(plain) or len(typed) > 64:
        raise Invalid(InvalidField("code", "not-six-digits"))
    return plain


def draw_tail() -> str:
    """``MORE_DIGITS`` at random, to follow a code. Only its mails say them."""
    return f"{secrets.randbelow(10**MORE_DIGITS):0{MORE_DIGITS}}"
