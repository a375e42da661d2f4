"""Codes: as an applicant types them, their length, and how long one may be on its way to us."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import timedelta

from chalicelib.errors import Invalid, InvalidField
from chalicelib.identity.pasted_address import visible

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

_LENGTHS = (DIGITS, DIGITS + MORE_DIGITS)
_BETWEEN = r"[^\S\n]|[-‐‑‒–—―−ー・.,_']"
_SEPARATORS = re.compile(_BETWEEN)
_GROUPS = re.compile(rf"[0-9](?:(?:{_BETWEEN}){{0,2}}[0-9])*")
"""Digits, and what people put between them."""
_WHOLE = re.compile("[0-9]+")


def normalise_code(typed: str) -> str:
    """Six ASCII digits, or ten, from ``１２３ ４５６``, ``「123-456」``, a sentence with the code
    in it, the code twice, and the like.

    Raises ``Invalid`` (``empty``, ``not-six-digits``, ``two-codes``): such a code costs no attempt.
    """
    plain = "".join(_ascii_digit(c) for c in visible(typed))
    if not _SEPARATORS.sub("", plain).strip():
        raise Invalid(InvalidField("code", "empty"))
    found = _codes(plain)
    if len(found) != 1:
        raise Invalid(InvalidField("code", "two-codes" if found else "not-six-digits"))
    return found.pop()


def _ascii_digit(c: str) -> str:
    return str(unicodedata.decimal(c)) if c.isdecimal() else c


def _codes(text: str) -> set[str]:
    """The codes in a text, of the first kind of which there are any: nothing but a code; digits in
    a row, as our mails have them; digits with something between them."""
    alone = _GROUPS.fullmatch(text.strip())
    if alone and (code := _once("".join(_WHOLE.findall(text)))):
        return {code}
    in_a_row = {run for run in _WHOLE.findall(text) if len(run) in _LENGTHS}
    if in_a_row:
        return in_a_row
    groups = ("".join(_WHOLE.findall(group)) for group in _GROUPS.findall(text))
    return {code for group in groups if (code := _once(group))}


def _once(digits: str) -> str | None:
    """The code that these digits are, or are twice."""
    half = len(digits) // 2
    if len(digits) in _LENGTHS:
        return digits
    return digits[:half] if half in _LENGTHS and digits[:half] == digits[half:] else None


def draw_tail() -> str:
    """``MORE_DIGITS`` at random, to follow a code. Only its mails say them."""
    return f"{secrets.randbelow(10**MORE_DIGITS):0{MORE_DIGITS}}"
