"""Typo suggestions: slips of the keyboard in the names of mail providers.

4,890 mails of a university once went to ``gmai.com``, and ``gmeil`` leaked a school's pupils:
the neighbours of these names are registered by strangers. So a likely slip is asked about
before anything is sent.
"""

from __future__ import annotations

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
)
"""Where applicants in Japan have their mail. Never suggested away from."""

_ALSO_REAL = """
    yahoo.com mac.com live.com msn.com mail.com aol.com gmx.com ymail.com email.com
    googlemail.com disney.ne.jp vodafone.ne.jp softbank.jp docomo.jp mineo.jp biglobe.ne.jp
    ocn.ne.jp so-net.ne.jp dion.ne.jp d.vodafone.ne.jp h.vodafone.ne.jp t.vodafone.ne.jp
    c.vodafone.ne.jp k.vodafone.ne.jp r.vodafone.ne.jp n.vodafone.ne.jp
    s.vodafone.ne.jp q.vodafone.ne.jp yahoo.ne.jp ymobile1.ne.jp
    y-mobile.ne.jp emobile.ne.jp rakumail.jp jcom.home.ne.jp plala.or.jp ybb.ne.jp willcom.com
    qq.com naver.com proton.me
"""
_REAL = frozenset((*PROVIDERS, *_ALSO_REAL.split()))

_ENDINGS = {
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
    "uqmobile": "uqmobile.jp",
    "hotmail": "hotmail.com",
    "outlook": "outlook.com",
}
"""A right name with a wrong ending: ``gmail.co.jp``, ``docomo.co.jp``, ``icloud.co.jp``."""

_ABROAD = frozenset({"yahoo", "hotmail", "live", "outlook"})
"""These have real domains of other countries: ``yahoo.co.uk``."""


def is_mail_provider(domain: str) -> bool:
    """Whether anybody may have an address in ``domain`` (lower case, ASCII)."""
    return domain in _REAL


def suggest(domain: str) -> str | None:
    """The provider's domain that ``domain`` (lower case, ASCII) is a likely slip of."""
    if domain in _REAL:
        return None
    name, _, ending = domain.partition(".")
    if name == "i":
        # The one provider whose name has a dot.
        rest, _, ending = ending.partition(".")
        name = f"i.{rest}"
    country = ending.rpartition(".")[2]
    if name in _ABROAD and len(country) == 2 and not _is_slip(ending, country):
        return None
    close = [p for p in PROVIDERS if _is_near(domain, p)]
    nearest = min(close, key=lambda p: (_slips(domain, p), PROVIDERS.index(p)), default=None)
    if name in _ENDINGS and ending.count(".") <= 1:
        # A right name says more than a likeness: gmail.ne.jp is no slip of ymail.ne.jp.
        named = [p for p in close if p.startswith(f"{name}.") and _slips(domain, p) == 1]
        return named[0] if named else _ENDINGS[name]
    return nearest


def _is_slip(ending: str, country: str) -> bool:
    """``co.jo`` is a slip of ``co.jp`` before it is Jordan, ``co`` one of ``com``."""
    return _slips(country, "jp") < 2 or ending in ("co", "cm", "om")


def _is_near(domain: str, provider: str) -> bool:
    """Short names are near to too many others: there only the ending may be off."""
    if len(provider) <= 9 and provider != "gmail.com":
        if domain.partition(".")[0] != provider.partition(".")[0]:
            return False
        return _slips(domain, provider) == 1
    return _slips(domain, provider) <= 2


def _slips(typed: str, meant: str) -> int:
    """Optimal string alignment distance: insert, leave out, replace, swap two neighbours."""
    if abs(len(typed) - len(meant)) > 2:
        return 3
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
