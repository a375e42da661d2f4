"""Furigana, the readings of kanji in easy Japanese: in parentheses, ``電話（でんわ）``.

Mails show them as they are, pages make ruby of them, and where there is little room they go.
"""

from __future__ import annotations

import re

READING = re.compile("([一-鿿々]+)（([ぁ-ゖー]+(?:[ 　][ぁ-ゖー]+)*)）")
"""The kanji, and their reading."""


def without(text: str) -> str:
    """``登録（とうろく）`` as ``登録``."""
    return READING.sub(r"\1", text)
