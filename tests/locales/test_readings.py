"""Readings after numbers: 日, 分, 人 and others are read by the number before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.locales.furigana import READING
from ops import ROOT
from ops.pages import catalogues

ALWAYS = {
    "秒": "びょう",
    "時間": "じかん",
    "月": "がつ",
    "年": "ねん",
    "回": "かい",
    "文字": "もじ",
    "週間": "しゅうかん",
}
"""Counters whose own reading no number changes."""

BY_NUMBER = {
    "分": {**dict.fromkeys("134680", "ぷん"), **dict.fromkeys("2579", "ふん")},
    "日": {"1": "ついたち", "2": "ふつか", "3": "みっか", "4": "よっか", "5": "いつか"}
    | {"6": "むいか", "7": "なのか", "8": "ようか", "9": "ここのか", "10": "とおか"}
    | {"14": "じゅうよっか", "20": "はつか", "24": "にじゅうよっか"},
    "人": {"1": "ひとり", "2": "ふたり"},
    "本": {**dict.fromkeys("1680", "ぽん"), "3": "ぼん"},
}
"""Counters that are read by the number, or by its last digit: what is not here is regular."""

REGULAR = {"日": "にち", "人": "にん", "本": "ほん"}

SEVERAL = {
    "入": {"い", "はい"},
    "少": {"すこ", "すく"},
    "後": {"あと", "うし"},
    "消": {"き", "け"},
}
"""Words whose reading depends on what follows."""

_COUNTED = re.compile(r"(\d+|%\(\w+\)[ds]|\{\w+\})([一-鿿]+)(?:（([ぁ-ゖー]+)）)?")


def counted(text: str) -> Iterator[tuple[str, str, str]]:
    """Each number with the kanji after it and their reading; empty where there is none."""
    yield from _COUNTED.findall(text)


def wrong(text: str) -> list[str]:
    """What of ``text`` has another reading than its number asks for."""
    return [
        f"{number}{kanji}（{reading}）"
        for number, kanji, reading in counted(text)
        if reading != expected(number, kanji)
    ]


def expected(number: str, kanji: str) -> str:
    """The reading; none after a number that is computed, where it is read by the number."""
    if kanji in ALWAYS:
        return ALWAYS[kanji]
    counter, between = kanji.removesuffix("間"), "かん" if kanji.endswith("間") else ""
    if counter not in BY_NUMBER:
        return f"the table of counters lacks {kanji}"
    if not number.isdecimal():
        return ""
    readings = BY_NUMBER[counter]
    if counter == "日" and between and number == "1":
        return "いちにちかん"
    by_number = readings.get(number) or (readings.get(number[-1]) if counter != "日" else None)
    return (by_number or REGULAR[counter]) + between


def easy() -> list[str]:
    """What easy Japanese says."""
    return [
        said
        for message in catalogues.read(ROOT, "ja-easy")
        if message.id
        for said in ([message.string] if isinstance(message.string, str) else message.string or ())
    ]


def test_every_reading_after_a_number_is_the_numbers() -> None:
    assert [it for text in easy() for it in wrong(text)] == []
    assert sum(1 for text in easy() for _ in counted(text)) > 20


def test_what_is_read_otherwise_is_found() -> None:
    right = "7日間（なのかかん） 2日間（ふつかかん） 30日（にち） 14日（じゅうよっか） 1分（ぷん）"
    assert (
        wrong(f"{right} 25分（ふん） 2人（ふたり） 3本（ぼん） 8文字（もじ） %(n)s日 {{m}}分") == []
    )
    bad = "7日間（にちかん） 2日（にち） 1分（ふん） 5分（ぷん） 2人（ににん） %(n)s日（にち）"
    assert len(wrong(bad)) == 6
    assert wrong("3匹（びき）"), "a counter that no table has"


def test_a_word_is_read_the_same_everywhere() -> None:
    by_word: dict[str, set[str]] = {}
    for text in easy():
        for word, reading in READING.findall(re.sub(r"\d[一-鿿]+（[ぁ-ゖー]+）", "", text)):
            by_word.setdefault(word, set()).add(reading.replace(" ", "").replace("　", ""))

    assert {word: them for word, them in by_word.items() if len(them) > 1} == SEVERAL
