"""Readings, times, senders: small things that pages say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from chalicelib.config import Route
from chalicelib.locales import LOCALES
from chalicelib.web.pages import delivery_status, i18n, japan_time, provider_help, webmail
from tests.web.pages.desk import CONFIG, NOW


def test_a_reading_stands_above_its_kanji_and_in_parentheses_without_ruby() -> None:
    assert i18n.ruby("お知（し）らせ") == Markup(
        'お<ruby>知<rp>（</rp><rt aria-hidden="true">し</rt><rp>）</rp></ruby>らせ'
    )


def test_where_no_element_may_stand_no_reading_does() -> None:
    """A title is read out first of all, and an attribute has no room for ruby."""
    said = i18n.text_translator("ja-easy")("You are registered")

    assert "登録" in said
    assert "（" not in said


@pytest.mark.parametrize("text", ["（かな）", "コード（6つの 数字）", "送（9）る", "a（あ）"])
def test_other_parentheses_stay_as_they_are(text: str) -> None:
    assert i18n.ruby(text) == text


def test_what_is_put_into_a_sentence_cannot_be_markup() -> None:
    said = i18n.html_translator("en")("Did you mean %(address)s?", address="<b>@x")

    assert said == Markup("Did you mean &lt;b&gt;@x?")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2027, 1, 24, 14, 59, 59, tzinfo=UTC), ("23:59", "23:59", "23:59")),
        (
            datetime(2027, 1, 24, 15, 0, tzinfo=UTC),
            ("1月25日 00:00", "1月（がつ）25日 00:00", "25 Jan, 00:00"),
        ),
        (
            datetime(2026, 12, 1, 14, 59, tzinfo=UTC),
            ("12月1日 23:59", "12月（がつ）1日 23:59", "1 Dec, 23:59"),
        ),
    ],
)
def test_times_are_japans_and_name_another_day(at: datetime, said: tuple[str, ...]) -> None:
    assert tuple(japan_time.local_time(at, NOW, locale) for locale in LOCALES) == said


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


@pytest.mark.parametrize(
    ("provider", "domain", "place"),
    [
        ("google", "gmail.com", "https://mail.google.com/"),
        ("google", "pref.example.ed.jp", "https://mail.google.com/"),
        ("yahoo-jp", "yahoo.co.jp", "https://mail.yahoo.co.jp/"),
        ("microsoft", "hotmail.co.jp", "https://outlook.live.com/mail/"),
        ("microsoft", "outlook.jp", "https://outlook.live.com/mail/"),
        ("microsoft", "school.example.ed.jp", "https://outlook.office.com/mail/"),
        ("microsoft", "live.ac.jp", "https://outlook.office.com/mail/"),
        ("microsoft", "hotmail.fr", "https://outlook.live.com/mail/"),
        ("microsoft", "outlook.de", "https://outlook.live.com/mail/"),
        ("microsoft", "live.co.uk", "https://outlook.live.com/mail/"),
        ("microsoft", "outlook.com.br", "https://outlook.live.com/mail/"),
        ("microsoft", "windowslive.com", "https://outlook.live.com/mail/"),
        ("icloud", "me.com", "https://www.icloud.com/mail/"),
        ("docomo", "docomo.ne.jp", None),
        ("mail.example.jp", "example.jp", None),
        (None, "", None),
    ],
)
def test_mail_is_read_on_the_web_where_its_provider_shows_it(
    provider: str | None, domain: str, place: str | None
) -> None:
    assert webmail.mail_on_the_web(provider, domain) == place


def test_every_provider_that_has_a_name_has_steps() -> None:
    assert {p.key for p in provider_help.provider_help(None)} == set(delivery_status.PROVIDERS)


def test_the_applicants_own_provider_comes_first() -> None:
    ordered = provider_help.provider_help("icloud")

    assert [p.key for p in ordered if p.own] == ["icloud"]
    assert ordered[0].key == "icloud"
    assert [p.key for p in provider_help.provider_help("example.ac.jp") if p.own] == []
