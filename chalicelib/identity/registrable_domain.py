"""Registrable domain and public suffix of a host name, by the Public Suffix List.

Of its two sections only the registries' counts: under a private suffix (dynamic DNS, hosting) one
has names for the asking, and whoever has a hundred is still one.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def registrable_domain(name: str) -> str:
    """``mx1.example.co.jp`` → ``example.co.jp``, ``mx.pref.kanagawa.jp`` → ``pref.kanagawa.jp``.

    Below an ending that does not exist, the last two labels.
    """
    labels = name.lower().rstrip(".").split(".")
    return ".".join(labels[-(max(1, _suffix_length(labels)) + 1) :])


def public_suffix(name: str) -> str | None:
    """``co.jp`` of ``mx1.example.co.jp``; ``None`` where there is no such ending: ``x.con``."""
    labels = name.lower().split(".")
    length = _suffix_length(labels)
    return ".".join(labels[-length:]) if length else None


def _suffix_length(labels: list[str]) -> int:
    shown = ".".join(labels)
    if "xn--" in shown:
        with suppress(UnicodeError):
            shown = shown.encode().decode("idna")
    suffix = _suffixes().publicsuffix(shown)
    return suffix.count(".") + 1 if suffix else 0


@cache
def _suffixes() -> PublicSuffixList:
    # Here: to read it takes as long as a few requests, and most of them are for mail providers.
    # Its names in letters of other scripts, once: to encode each would double that.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=True, accept_unknown=False, accept_encoded_idn=False)
