"""Readings, times, senders: small things that pages say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from chalicelib.config import Route
from chalicelib.web.pages import i18n, japan_time, provider_help
from tests.web.pages.desk import CONFIG, NOW


def test_a_reading_stands_above_its_kanji_and_in_parentheses_without_ruby() -> None:
    assert i18n.ruby("お知（し）らせ") == Markup(
        "お<ruby>知<rp>（</rp><rt>し</rt><rp>）</rp></ruby>らせ"
    )


@pytest.mark.parametrize("text", ["（かな）", "コード（6つの 数字）", "送（9）る", "a（あ）"])
def test_other_parentheses_stay_as_they_are(text: str) -> None:
    assert i18n.ruby(text) == text


def test_what_is_put_into_a_sentence_cannot_be_markup() -> None:
    said = i18n.html_translator("en")("Did you mean %(address)s?", address="<b>@x")

    assert said == Markup("Did you mean &lt;b&gt;@x?")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2027, 1, 24, 14, 59, 59, tzinfo=UTC), "23:59"),
        (datetime(2027, 1, 24, 15, 0, tzinfo=UTC), "1月25日 00:00"),
        (datetime(2027, 1, 23, 14, 59, tzinfo=UTC), "1月23日 23:59"),
    ],
)
def test_times_are_japans_and_name_another_day(at: datetime, said: str) -> None:
    assert japan_time.local_time(at, NOW, "ja") == said


def test_a_time_to_come_back_at_is_not_too_early() -> None:
    assert japan_time.next_minute(datetime(2027, 1, 24, 1, 5, 0, 1, tzinfo=UTC)).minute == 6
    assert japan_time.next_minute(datetime(2027, 1, 24, 1, 5, tzinfo=UTC)).minute == 5


def test_the_domains_to_let_in_are_those_of_every_route() -> None:
    second = Route("second", "ap-northeast-3", "c", "届く <code@second.example.jp>")
    config = replace(CONFIG, routes=(*CONFIG.routes, second))

    assert provider_help.senders(config) == (
        "no-reply@mail.example.lg.jp",
        "mail.example.lg.jp, second.example.jp",
    )


def test_the_applicants_own_provider_comes_first() -> None:
    ordered = provider_help.provider_help("icloud")

    assert [p.key for p in ordered if p.own] == ["icloud"]
    assert ordered[0].key == "icloud"
    assert [p.key for p in provider_help.provider_help("example.ac.jp") if p.own] == []
