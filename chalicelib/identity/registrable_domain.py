"""Registrable domain and public suffix of a host name, by the Public Suffix List.

For limits, of its two sections only the registries' counts: under a private suffix (dynamic DNS,
hosting) one has names for the asking, and whoever has a hundred is still one. Browsers keep
cookies by both.
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
    return _below_suffix(name, private=False)


def cookie_domain(name: str) -> str:
    """The widest domain that a browser shares cookies in: the registrable domain, where private
    suffixes count too. ``www.board.github.io`` → ``board.github.io``."""
    return _below_suffix(name, private=True)


def public_suffix(name: str) -> str | None:
    """``co.jp`` of ``mx1.example.co.jp``; ``None`` where there is no such ending: ``x.con``."""
    labels = name.lower().split(".")
    length = _suffix_length(labels, private=False)
    return ".".join(labels[-length:]) if length else None


def _below_suffix(name: str, *, private: bool) -> str:
    labels = name.lower().rstrip(".").split(".")
    return ".".join(labels[-(max(1, _suffix_length(labels, private=private)) + 1) :])


def _suffix_length(labels: list[str], *, private: bool) -> int:
    shown = ".".join(labels)
    if "xn--" in shown:
        with suppress(UnicodeError):
            shown = shown.encode().decode("idna")
    suffix = _suffixes(private=private).publicsuffix(shown)
    return suffix.count(".") + 1 if suffix else 0


@cache
def _suffixes(*, private: bool) -> PublicSuffixList:
    # Here: to read it takes as long as a few requests, and most of them are for mail providers.
    # Its names in letters of other scripts, once: to encode each would double that.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=not private, accept_unknown=False, accept_encoded_idn=False)
