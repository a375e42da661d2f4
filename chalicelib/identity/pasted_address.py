"""Pasted addresses: an address without what phones, mail apps and habits put around it.

A name before it, ``mailto:``, brackets and quotes, a bullet, a full stop after it, characters that
nobody sees; and in a domain the signs that a Japanese keyboard has where ``.`` and ``-`` are.
Nothing is taken from within a local part, nor made of another sign there: it is somebody's name,
and only they know it.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from chalicelib.identity.invisible import is_invisible, visible
from chalicelib.identity.japanese_keyboard import HYPHENS

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
    "”": "”",
    "’": "’",
    "〝": "〟",
    "«": "»",
    "‹": "›",
    '"': '"',
    "'": "'",
    "`": "`",
    "*": "*",
    "_": "_",
    "~": "~",
}
_OF_ADDRESSES = frozenset("'`{*_~")
"""Of these, what may be a part of an address: taken off on both sides or not at all."""
_NAMED = re.compile(
    r"(?P<name>(?:(?!@[^\s@]*\.).)*)(?:"
    + "|".join(
        f"{re.escape(opens)}[^{re.escape(opens + closes)}]*@[^{re.escape(opens + closes)}]*"
        f"{re.escape(closes)}"
        for opens, closes in _BRACKETS.items()
        if opens not in _OF_ADDRESSES
    )
    + ")"
)
_BEFORE = (_BRACKETS.keys() - _OF_ADDRESSES) | frozenset("・:;,、。")
_AFTER = frozenset((*_BRACKETS.values(), *".,:;!?/、。・…"))
"""Never the first, and never the last character of an address."""
_BULLET = re.compile(r"(?:[^\w\s@]{1,2}|[0-9]{1,2}[.)])\s+")
"""In a list, and before a blank: ``- ``, ``• ``, ``1. ``."""
_ITS_OWN_NAME = re.compile(
    r"""[\["']*(?P<name>[^\s<>()\[\]"]+@[^\s<>()\[\]"]+?)[\]"']*\s*"""
    r"""[<(\[](?:mailto:)?(?P<address>[^\s<>()\[\]]+)[\])>]""",
    re.IGNORECASE,
)
"""``a@example.com <a@example.com>``, ``[a@example.com](mailto:a@example.com)``: how mail apps and
chats copy an address without a name."""
_MAILTO = re.compile("mailto:/*", re.IGNORECASE)
_ESCAPED = {"&lt;": "<", "&gt;": ">"}
_ESCAPED_BLANKS = re.compile("^(?:%20)+|(?:%20)+$")
_OPENED_BY = {closes: opens for opens, closes in _BRACKETS.items() if opens != closes}

_WIDTHS = ("<wide>", "<narrow>", "<small>", "<noBreak>")
"""Of Unicode's compatibility forms those that are one sign in another width."""

_DOTS = re.compile("[。、,｡·•‧]")
_TO_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS.replace("ー", ""), "-"))
_STROKES = re.compile("(?<=[A-Za-z0-9])[一丨ㅡㄧ゠ˉ¯￣](?=[A-Za-z0-9])")
"""Letters and accents, and hyphens only where they stand between letters of ASCII."""
_KANA_OR_HAN = re.compile("[\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff々]")


def _in_one_width(text: str) -> str:
    """Without what nobody sees, ａ as a. Other forms stay: whoever typed ① did not mean 1."""
    if text.isascii():
        return text
    plain = (
        unicodedata.normalize("NFKC", c) if _is_of_another_width(c) else c
        for c in text
        if not is_invisible(c)
    )
    return unicodedata.normalize("NFC", "".join(plain))


def _is_of_another_width(c: str) -> bool:
    # ￣ is made of a blank and an accent, and no blank was typed.
    return unicodedata.decomposition(c).startswith(_WIDTHS) and c != "￣"


def bare_address(pasted: str) -> str:
    """The address in what was pasted, as far as it can be told; what cannot be stays."""
    text, before = _in_one_width(pasted).strip(), ""
    while text != before:
        before = text
        text = _unwrapped(text)
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{_domain(domain)}" if at else text


def _unwrapped(text: str) -> str:
    if link := _MAILTO.match(text):
        text = unquote(text[link.end() :].partition("?")[0])
    for escaped, sign in _ESCAPED.items():
        text = text.replace(escaped, sign)
    text = _ESCAPED_BLANKS.sub("", text)
    opens, closes = text[:1], text[-1:]
    if len(text) > 2 and _BRACKETS.get(opens) == closes:
        text = text[1:-1]
    elif (named := _NAMED.fullmatch(text)) and named["name"]:
        text = text[len(named["name"]) :]
    elif (twice := _ITS_OWN_NAME.fullmatch(text)) and _is_same(twice["name"], twice["address"]):
        text = twice["address"]
    elif bullet := _BULLET.match(text):
        text = text[bullet.end() :]
    text = text.strip()
    while text and text[0] in _BEFORE and not _is_opened(text):
        text = text[1:].lstrip()
    while text and text[-1] in _AFTER and not _is_closed(text):
        text = text[:-1].rstrip()
    return text


def _is_opened(text: str) -> bool:
    """Whether a bracket at the beginning is closed by one after it."""
    closes = _BRACKETS.get(text[0], "")
    return closes in text[1:] and _OPENED_BY.get(closes) == text[0]


def _is_closed(text: str) -> bool:
    """Whether a bracket at the end closes one before it."""
    closes = text[-1]
    return _BRACKETS.get(text[0]) == closes or _OPENED_BY.get(closes, "@@") in text


def _is_same(name: str, address: str) -> bool:
    return name.casefold() == address.casefold()


def _domain(domain: str) -> str:
    """With dots and hyphens for what Japanese keyboards have there, in lower case.

    ー and ・ are letters of a name in Japanese, and stay between those.
    """
    domain = visible(_STROKES.sub("-", domain))
    domain = _DOTS.sub(".", domain).translate(_TO_HYPHEN)
    signs = {"ー": "-", "・": "."}
    around = f" {domain} "
    return "".join(
        signs[c] if c in signs and not _KANA_OR_HAN.search(around[i] + around[i + 2]) else c
        for i, c in enumerate(domain)
    ).lower()
