"""Links in the operator's own words: telephone numbers and addresses of pages, found by their form.

The words stay as they were written; only what can be called or opened becomes a link.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

_DASHES = "−ー─"
"""Read as hyphens, besides what Unicode calls a dash (``Pd``): minus, long vowel, ruled line."""

_BETWEEN = r"[-.() ]{0,3}"
_NUMBER = re.compile(
    # Not the end of something longer, a date or another number; "TEL:" and "TEL/FAX:" are none.
    r"(?<!\d)(?<!\d[-.:])\(?"
    rf"(?:0[25-9]0(?:{_BETWEEN}\d){{8}}|0800(?:{_BETWEEN}\d){{7}}|0(?:{_BETWEEN}\d){{9}}"
    rf"|\+81{_BETWEEN}(?:\(?0\)?)?{_BETWEEN}(?:[25-9]0(?:{_BETWEEN}\d){{8}}|[1-9](?:{_BETWEEN}\d){{8}}))"
    # Nor its beginning: a time, an address of a mailbox.
    r"(?!\d|:\d|@)",
    re.ASCII,
)
"""Japan's: ten digits from a zero on, eleven for 050, 070, 080, 090 and 0800; or behind +81."""

_PAGE = re.compile(r"https://[\w.-]+(?:/[!-;=?-~]*[\w/=-])?", re.ASCII)
"""ASCII, because in Japanese a sentence goes on right behind an address."""


def linked(text: str) -> Markup:
    """``text``, escaped, each telephone number and each address of a page a link."""
    plain = "".join(map(_plain, text))
    found = [(m.span(), _callable(m[0])) for m in _NUMBER.finditer(plain)]
    found += [(m.span(), m[0]) for m in _PAGE.finditer(text)]
    parts, end = Markup(), 0
    for (begin, stop), target in sorted(found):
        if begin < end:
            continue
        parts += escape(text[end:begin])
        parts += Markup('<a href="{}">{}</a>').format(target, text[begin:stop])
        end = stop
    return parts + escape(text[end:])


def _plain(sign: str) -> str:
    """``sign`` without its full width, blanks and dashes all alike; one for one, so that positions
    stay."""
    if "！" <= sign <= "～":
        sign = chr(ord(sign) - ord("！") + ord("!"))
    kind = unicodedata.category(sign)
    return " " if kind == "Zs" else "-" if kind == "Pd" or sign in _DASHES else sign


def _callable(number: str) -> str:
    """The address of a telephone number (RFC 3966)."""
    digits = "".join(filter(str.isdigit, number))
    if "+" in number:
        # The zero in +81 (0)45 is dialled within the country alone.
        return f"tel:+81{digits.removeprefix('81').removeprefix('0')}"
    return f"tel:{digits}"
