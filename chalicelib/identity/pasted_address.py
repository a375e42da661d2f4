"""Pasted addresses: an address without what phones, mail apps and habits put around it.

A name before it, ``mailto:``, brackets and quotes, a full stop after it, characters that nobody
sees; and in a domain the signs that a Japanese keyboard has where ``.`` and ``-`` are. Nothing is
taken from within a local part: it is somebody's name, and only they know it.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

_BRACKETS = {
    "<": ">",
    "(": ")",
    "[": "]",
    "{": "}",
    "「": "」",
    "『": "』",
    "【": "】",
    "〈": "〉",
    "《": "》",
    "〔": "〕",
    "“": "”",
    "„": "“",
    "‘": "’",
    "«": "»",
    "‹": "›",
    '"': '"',
    "'": "'",
    "`": "`",
    "*": "*",
    "_": "_",
}
_OF_ADDRESSES = frozenset("'`{*_")
"""Of these, what may be a part of an address: taken off on both sides or not at all."""
_NAMED = re.compile(
    "(?P<name>[^@]*)(?:"
    + "|".join(
        f"{re.escape(opens)}[^{re.escape(opens + closes)}]*@[^{re.escape(opens + closes)}]*"
        f"{re.escape(closes)}"
        for opens, closes in _BRACKETS.items()
        if opens not in _OF_ADDRESSES
    )
    + ")"
)
_BEFORE = "".join(_BRACKETS.keys() - _OF_ADDRESSES) + "・:;,、。"
_AFTER = frozenset((*_BRACKETS.values(), *".,:;!?、。・…"))
"""Never the first, and never the last character of an address."""
_OPENED_BY = {closes: opens for opens, closes in _BRACKETS.items() if opens != closes}

_INVISIBLE = frozenset("\ufffc\u034f\u3164\uffa0")
"""Not of category Cf, and as invisible."""

_DOTS = re.compile("[。、,｡]")
_HYPHENS = "‐‑‒–—―−"
_KANA_OR_HAN = re.compile("[\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff々]")
HYPHENS = _HYPHENS + "ー"
"""What a Japanese keyboard gives for ``-``, after NFKC."""
DOTS = "。、・"
"""What it gives for ``.``."""


def visible(text: str) -> str:
    """NFKC, without what nobody sees: category Cf, fillers, variation selectors."""
    if text.isascii():
        return text
    shown = unicodedata.normalize("NFKC", text)
    return "".join(c for c in shown if not _is_invisible(c))


def _is_invisible(c: str) -> bool:
    return unicodedata.category(c) == "Cf" or c in _INVISIBLE or "\ufe00" <= c <= "\ufe0f"


def bare_address(pasted: str) -> str:
    """The address in what was pasted, as far as it can be told; what cannot be stays."""
    text, before = visible(pasted).strip(), ""
    while text != before:
        before = text
        text = _unwrapped(text)
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{_domain(domain)}" if at else text


def _unwrapped(text: str) -> str:
    if text[:7].lower() == "mailto:":
        text = unquote(text[7:].partition("?")[0])
    opens, closes = text[:1], text[-1:]
    if len(text) > 2 and _BRACKETS.get(opens) == closes:
        text = text[1:-1]
    elif (named := _NAMED.fullmatch(text)) and named["name"]:
        text = text[len(named["name"]) :]
    elif _is_its_own_name(text):
        text = text[text.rindex("<") :]
    text = text.strip().lstrip(_BEFORE)
    while text and text[-1] in _AFTER and not _is_closed(text):
        text = text[:-1].rstrip()
    return text


def _is_closed(text: str) -> bool:
    """Whether a bracket at the end closes one before it."""
    closes = text[-1]
    return _BRACKETS.get(text[0]) == closes or _OPENED_BY.get(closes, "@@") in text


def _is_its_own_name(text: str) -> bool:
    """``a@example.com <a@example.com>``, as some mail apps copy an address without a name."""
    name, opens, address = text.rpartition("<")
    return bool(opens) and text.endswith(">") and name.strip(" \"'") == address[:-1]


def _domain(domain: str) -> str:
    """With dots and hyphens for what Japanese keyboards have there, in lower case.

    ー and ・ are letters of a name in Japanese, and stay between those.
    """
    domain = re.sub(f"[{_HYPHENS}]", "-", _DOTS.sub(".", domain))
    signs = {"ー": "-", "・": "."}
    around = f" {domain} "
    return "".join(
        signs[c] if c in signs and not _KANA_OR_HAN.search(around[i] + around[i + 2]) else c
        for i, c in enumerate(domain)
    ).lower()
