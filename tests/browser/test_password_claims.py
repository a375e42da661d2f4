"""What the page says of a password, the server agrees with: by lists, not by picked words."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from chalicelib.errors import Invalid, PasswordRefused
from chalicelib.identity.passwords import check_password, normalise_password
from local.server import LocalServer
from tests.browser.applicant import Applicant
from tests.browser.conftest import Visit
from tests.identity.test_passwords import JAPANESE

MOST_USED = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 10][:1000]

SIGNS = """words => words.map(word => {
  const field = document.getElementById("password");
  field.value = word;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  return [...document.querySelectorAll("#password-hint li")]
    .map(item => getComputedStyle(item).listStyleType.replace(/["\\s]/g, "")).join("");
})"""
"""The sign before each rule, once a word was typed."""


@pytest.fixture
def taro(visit: Visit) -> Applicant:
    taro = visit("en")
    taro.page.clock.install()
    taro.verifies()
    return taro


def signs(taro: Applicant, words: list[str]) -> dict[str, str]:
    return dict(zip(words, taro.page.evaluate(SIGNS, words), strict=True))


def reason(taro: Applicant, machine: LocalServer, word: str) -> str | None:
    """Why the server would refuse it."""
    config = machine.services.config
    names, year = config.service_name.values(), machine.clock().year
    try:
        check_password(
            normalise_password(word), taro.address, names, year, config.shortest_password
        )
    except PasswordRefused as error:
        return error.reason
    except Invalid:
        return "empty"
    return None


def test_no_refused_password_has_all_ticks(taro: Applicant, machine: LocalServer) -> None:
    """Of the thousand that are used most, and of what pupils in Japan choose first."""
    words = [*MOST_USED, *(word for word in JAPANESE if len(word) >= 10)]
    assert len(words) > 1010
    shown = signs(taro, words)
    refused = [word for word in words if reason(taro, machine, word)]
    assert refused == words
    assert [word for word in refused if shown[word].count("✓") == len(shown[word])] == []
    assert {shown[word][2] for word in refused} == {"–", "✗"}


def test_no_hint_praises_what_is_refused(taro: Applicant) -> None:
    said = set()
    for word in [*MOST_USED[:200], *JAPANESE, "terminator enterprise"]:
        taro.field.fill(word)
        taro.page.clock.run_for(1_000)
        said.add(taro.page.locator("#strength").inner_text())
    assert said == {"Easy to guess", "Longer is better.", "Good length"}


def around(words: Iterable[str]) -> list[str]:
    """Each word with what may stand around it, near to what is crossed out and beyond."""
    tails = ("", "!", "739", "7394", "73914", "2011-04-03", "73914286", "739142865", " zebra lake")
    rows = ("abcdefghijk", "09876543210", "xy7xy7xy7xy7", "xy7kxy7kxy7kq", "kq2xykq2xykq2xy")
    grown = [f"{word}{tail}" for word in [*words, *rows] for tail in tails]
    grown += [f"7{word}2" for word in words] + [f"{word}{word}{word}" for word in words]
    grown += [f"{one}{two}" for one in words for two in words]
    return grown + [word.title() for word in grown] + [word.swapcase() for word in grown]


CROSSED_OUT = """
    password qwerty qwertyuiop asdfgh asdfghjkl zxcvbnm iloveyou welcome dragon himitsu sakura
    arigato arigatou daisuki doraemon pikachu goukaku juken koukou tokyo japan さくら ありがとう
    パスワード ひみつ 合格 高校 受験 桜
"""
"""The words of ``frontend/scripts/password.js``."""


def test_what_is_crossed_out_is_refused(taro: Applicant, machine: LocalServer) -> None:
    words = around(CROSSED_OUT.split())
    words += [f"{one}{words[n // 2]}{words[n // 3]}" for n, one in enumerate(words)]
    crossed = [word for word, sign in signs(taro, words).items() if sign[2] == "✗"]
    assert len(crossed) > 1000
    assert [word for word in crossed if reason(taro, machine, word) is None] == []


def test_a_tick_is_right_whatever_stands_at_the_ends(taro: Applicant) -> None:
    """The page counts no character that the server does not: of nine and one more, ten."""
    # Those that this Python's tables know: a browser's may have more.
    kinds = ("Cf", "Zs", "Zl", "Zp", "Mn", "Me", "Lm", "Lt", "Pc", "Sk")
    ends = [end for end in map(chr, range(sys.maxunicode)) if unicodedata.category(end) in kinds]
    ends += [*"İßẞŉﬃ½℡\u2800\ufffc\u3164\uffa0\u115f", "\u00a0\u200b", *"\x00\x1f\x7f\x85"]
    words = [f"nine lynx{end}" for end in ends]
    ticked = {word for word, sign in signs(taro, words).items() if sign[0] == "✓"}
    assert ticked == {word for word in words if len(normalise_password(word)) >= 10}
    assert len(words) - len(ticked) > 400


def test_the_other_tick_is_right_too(taro: Applicant, machine: LocalServer) -> None:
    """Not the address and not the service's name, in any spelling."""
    local = taro.address.partition("@")[0]
    words = [
        f"{before}{own}{after}"
        for own in (
            local,
            local.upper(),
            taro.address,
            "todoku",
            "Ｔｏｄｏｋｕ",
            "ſchool",
            "school",
        )
        for before in ("", "my ", "three quiet herons ")
        for after in ("", " 12", " and me", " and the heron")
    ]
    shown = signs(taro, words)
    assert {sign[1] for sign in shown.values()} == {"✓", "○"}
    for word, sign in shown.items():
        own = reason(taro, machine, f"{word}0123456789") in (
            "contains-address",
            "contains-service-name",
        )
        assert (sign[1] == "○") == own, word
