"""Codes: as an applicant types them, and how long one may be on its way to us."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from chalicelib.errors import Invalid, InvalidField

IN_TRANSIT = timedelta(minutes=5)
"""How long a new code may take from Cognito to us, Lambda's two retries included. To ask for
another in this time would kill the one on its way."""

_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ー・.]")
_SIX = re.compile(r"[0-9]{6}")


def normalise_code(typed: str) -> str:
    """Six ASCII digits from ``１２３ ４５６``, ``123-456`` and the like.

    Raises ``Invalid`` (``empty``, ``not-six-digits``): such a code costs no attempt.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:64]))
    if not plain:
        raise Invalid(InvalidField("code", "empty"))
    if not _SIX.fullmatch(plain) or len(typed) > 64:
        raise Invalid(InvalidField("code", "not-six-digits"))
    return plain
