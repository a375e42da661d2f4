"""Codes: as an applicant types them, their length, and how long one may be on its way to us."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import timedelta

from chalicelib.errors import Invalid, InvalidField
from chalicelib.identity.invisible import visible
from chalicelib.identity.japanese_keyboard import HYPHENS

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
_AS_HYPHEN = re.compile(f"[{re.escape(HYPHENS)}()]")
_YEAR, _MONTH, _DAY = "(?:19|20)[0-9]{2}", "(?:0?[1-9]|1[0-2])", "[0-3]?[0-9]"
_NO_CODE = re.compile(
    rf"""(?<![A-Za-z0-9])(?:
    [A-Za-z][0-9]                                   # the label, where it ends in a digit
    |{_YEAR}(?P<ymd>[-/.]){_MONTH}(?P=ymd){_DAY}    # 2027-1-24
    |{_DAY}(?P<dmy>[-/.]){_DAY}(?P=dmy){_YEAR}      # 24/1/2027
    |{_DAY},[ ]{_YEAR}                              # January 24, 2027
    |0(?:\d-+\d{{4}}|\d\d-+\d{{3,4}}|\d{{3}}-+\d\d|\d{{4}}-+\d)-+\d{{4}}     # 03-1234-5678
    |0\d{{3}}-+\d{{3}}-+\d{{3}}                       # 0120-123-456
    |0(?:120|570|800|990)-+\d{{6}}                   # 0120-123456
    )(?![A-Za-z0-9])""",
    re.VERBOSE,
)
"""What mails and people write beside a code, and what its digits would make a code with."""
_GROUP = re.compile("[0-9][0-9 ]*")
"""Digits, and no letter between them."""
_LABEL = re.compile("[2-9]{2}")
"""One of two digits: labels have no 0 and no 1 (``reference.ALPHABET``)."""


def normalise_code(typed: str) -> str:
    """Six ASCII digits, or ten, from ``１２３ ４５６``, ``「123-456」``, ``123/456``, a sentence
    or a mail with the code in it, the code twice, and the like.

    Raises ``Invalid`` (``empty``, ``not-six-digits``, ``two-codes``): such a code costs no attempt.
    """
    plain = "".join(map(_ascii_digit, visible(typed)))
    if not any(map(str.isalnum, _reduced(plain))):
        raise Invalid(InvalidField("code", "empty"))
    beside = _NO_CODE.sub("x", _AS_HYPHEN.sub("-", plain))
    found = _codes([_reduced(line) for line in beside.strip().splitlines()])
    if len(found) > 1:
        found = {code for code in found if not _may_be_a_telephone_number(code)} or found
    if len(found) != 1:
        raise Invalid(InvalidField("code", "two-codes" if found else "not-six-digits"))
    return found.pop()


def _may_be_a_telephone_number(code: str) -> bool:
    """Without its hyphens, as it stands below our mails."""
    return len(code) == DIGITS + MORE_DIGITS and code.startswith("0")


def _ascii_digit(c: str) -> str:
    return str(unicodedata.digit(c)) if c.isdigit() else c


def _reduced(text: str) -> str:
    """Digits as they are, an ``x`` for each letter, a blank for whatever else there is.

    No list says what people put between digits: it is what is neither letter nor number. Modifier
    letters are no letters here: ー is a hyphen between digits, ʼ an apostrophe.
    """
    return "".join(c if c in "0123456789" else "x" if _is_letter(c) else " " for c in text)


def _is_letter(c: str) -> bool:
    return c.isalnum() and unicodedata.category(c) != "Lm"


def _codes(lines: list[str]) -> set[str]:
    """The codes in reduced lines, of the first kind of which there are any: nothing but a code;
    digits in a row, as our mails have them; digits with something between them; digits on more
    than one line."""
    text = " ".join(lines)
    alone = text.split() if len(lines) == 1 and "x" not in text else []
    if len(alone) == 2 and len("".join(alone)) in _LENGTHS:
        return {"".join(alone)}
    in_a_row = {run for run in re.findall("[0-9]+", text) if len(run) in _LENGTHS}
    return in_a_row or set().union(*map(_in_groups, lines)) or _in_groups(text)


def _in_groups(text: str) -> set[str]:
    return set().union(*(_of_parts(group.split()) for group in _GROUP.findall(text)))


def _of_parts(parts: list[str]) -> set[str]:
    """The code that digits in parts are; or are twice; or two codes in parts of the same lengths;
    or one after a label."""
    digits = "".join(parts)
    if len(digits) in _LENGTHS:
        return {digits}
    half, middle = len(digits) // 2, len(parts) // 2
    lengths = [len(part) for part in parts]
    twice = {digits[:half], digits[half:]}
    if half in _LENGTHS and (len(twice) == 1 or lengths[:middle] == lengths[middle:]):
        return twice
    if len(parts) > 1 and _LABEL.fullmatch(parts[0]) and lengths[1] > len(parts[0]):
        return _of_parts(parts[1:])
    return set()


def draw_tail() -> str:
    """``MORE_DIGITS`` at random, to follow a code. Only its mails say them."""
    return f"{secrets.randbelow(10**MORE_DIGITS):0{MORE_DIGITS}}"
