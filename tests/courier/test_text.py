"""What the mails say."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import NullTranslations

import pytest

from chalicelib.courier.text import MailFacts, MailText, Purpose, japan_time, mail_text
from chalicelib.locales import LOCALES, words

SENT = datetime(2026, 11, 24, 15, 4, 59, tzinfo=UTC)
UNTIL = datetime(2026, 11, 25, 15, 4, 59, tzinfo=UTC)
PLAIN = NullTranslations()
FACTS = MailFacts("High School Application", "K7", SENT, "045-000-0000")


def both(locale: str, contact: str = "045-000-0000") -> tuple[MailText, MailText]:
    facts = MailFacts("高校出願（こうこう しゅつがん）の登録", "K7", SENT, contact)
    code, owner = (
        mail_text(purpose, words(locale), facts, "123456", UNTIL)
        for purpose in (Purpose.SIGN_UP_CODE, Purpose.ACCOUNT_EXISTS)
    )
    return code, owner


def test_the_code_mail() -> None:
    text = mail_text(Purpose.SIGN_UP_CODE, PLAIN, FACTS, "123456", UNTIL)
    assert text.subject == "[K7] High School Application: your code"
    assert text.body == (
        "Your six-digit code:\n"
        "\n"
        "123456\n"
        "\n"
        "Enter it on the page that shows the label K7.\n"
        "The code works until 26 Nov 2026, 00:04 (Japan time); "
        "you can use any of our emails with this label.\n"
        "Do not tell this code to anyone. We never ask for it by phone or by email.\n"
        "\n"
        "If you did not ask for a code, somebody may have mistyped an address.\n"
        "You don't need to do anything: nothing is registered without the code.\n"
        "\n"
        "Sent: 25 Nov 2026, 00:04 (Japan time)\n"
        "Help desk: 045-000-0000\n"
        "This email was sent automatically. Replies are not read.\n"
        "\n"
        "High School Application\n"
    )


def test_the_mail_to_an_owner() -> None:
    text = mail_text(Purpose.ACCOUNT_EXISTS, PLAIN, FACTS, "123456", UNTIL)
    assert text.subject == "[K7] High School Application: you already have an account"
    assert "contains no code" in text.body
    assert "123456" not in text.body
    assert "your account's reference number" in text.body
    assert "ask the help desk" in text.body


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_has_a_text(purpose: Purpose) -> None:
    text = mail_text(purpose, PLAIN, FACTS, "123456", UNTIL)
    assert text.subject.startswith("[K7] ")
    assert text.body


@pytest.mark.parametrize("locale", LOCALES)
def test_the_code_stands_alone_and_early_but_not_in_the_subject(locale: str) -> None:
    text, _ = both(locale)
    assert "123456" in text.body.splitlines()[:3]
    assert text.body.count("123456") == 1
    assert "123456" not in text.subject


@pytest.mark.parametrize("locale", LOCALES)
def test_both_mails_carry_label_service_time_and_contact(locale: str) -> None:
    for text in both(locale):
        # Where a phone's list of mails does not cut it off, and without readings.
        assert "K7" in text.subject[:4]
        assert "（" not in text.subject
        assert "K7" in text.body
        assert "高校出願" in text.body
        assert "00:04" in text.body or "0:04" in text.body
        assert "045-000-0000" in text.body


@pytest.mark.parametrize("locale", LOCALES)
def test_no_contact_no_line_for_it(locale: str) -> None:
    with_contact, _ = both(locale)
    without, _ = both(locale, "")
    assert len(with_contact.body.splitlines()) == len(without.body.splitlines()) + 1


@pytest.mark.parametrize("locale", LOCALES)
def test_every_line_is_fit_for_any_phone(locale: str) -> None:
    for text in both(locale):
        lines = text.body.split("\n")
        assert all(line == line.rstrip() for line in lines)
        assert all(len(line) <= 120 for line in lines)
        assert "\r" not in text.body + text.subject
        assert "\n" not in text.subject
        assert "%(" not in text.body + text.subject
        # What phones of the time before UTF-8 mails can show.
        (text.body + text.subject).encode("iso2022_jp")


@pytest.mark.parametrize("locale", LOCALES)
def test_there_is_no_link(locale: str) -> None:
    for text in both(locale):
        assert "://" not in text.body
        assert "www." not in text.body


def test_a_code_is_never_said_to_work_longer_than_it_does() -> None:
    assert japan_time(PLAIN, UNTIL) == "26 Nov 2026, 00:04 (Japan time)"
