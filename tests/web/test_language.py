"""The language of an answer: asked for by name, or read from the browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.locales import LOCALES
from chalicelib.web import language


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "ja"),
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("en", "en"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("EN-us", "en"),
        ("ja;q=0.8, en;q=0.9", "en"),
        ("ja;q=0.9, en;q=0.9", "ja"),
        ("en;q=0.9, ja;q=0.9", "en"),
        ("fr, de;q=0.9", "ja"),
        ("fr, en;q=0.1", "en"),
        ("en;q=0", "ja"),
        ("en;q=0, ja;q=0.1", "ja"),
        ("en;q=high", "ja"),
        ("en;q=nan", "ja"),
        ("en;q=2", "ja"),
        ("*", "ja"),
        ("ja-easy", "ja-easy"),
        ("ja-Easy, ja;q=0.5", "ja-easy"),
        ("english", "ja"),
        (", ,;q=1", "ja"),
    ],
)
def test_the_best_of_what_is_accepted(header: str, locale: str) -> None:
    assert language.accepted(header) == locale


def test_easy_japanese_is_never_assumed() -> None:
    for header in ("ja", "ja-JP", "*", "ja-hira", "ja-easyish"):
        assert language.accepted(header) == "ja"


def test_the_query_is_stronger_than_the_cookie() -> None:
    assert language.chosen({"lang": "ja-easy"}, {"lang": "en"}) == "ja-easy"
    assert language.chosen({}, {"lang": "en"}) == "en"
    assert language.chosen({}, {}) is None


@pytest.mark.parametrize("unknown", ["", "fr", "JA", "../en", "en\r\nX: y"])
def test_a_language_we_do_not_speak_is_passed_over(unknown: str) -> None:
    assert language.chosen({"lang": unknown}, {"lang": unknown}) is None
    assert language.chosen({"lang": unknown}, {"lang": "en"}) == "en"


@given(header=st.text(max_size=60))
def test_any_header_yields_a_language(header: str) -> None:
    assert language.accepted(header) in LOCALES
