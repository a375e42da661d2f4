"""The search in the mail log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from local.console.mail_view import MailView, search
from local.ses.mail import Mail
from local.ses.mail_log import LoggedMail

MAIL = Mail(
    id="1",
    at=datetime(2027, 1, 24, tzinfo=UTC),
    region="ap-northeast-1",
    account="123456789012",
    source="no-reply@example.jp",
    sender="no-reply@example.jp",
    to="taro@gmail.com",
    subject="[K7] S",
    text="123456",
    headers=(),
    tags={},
    configuration_set="todoku-primary",
)


class LookedInto(Exception):
    """Somebody asked what state a mail is in."""


def numbers(found: tuple[Sequence[MailView], int]) -> tuple[list[int], int]:
    views, count = found
    return [view.number for view in views], count


def test_an_empty_search_looks_into_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_into(view: MailView) -> str:
        raise LookedInto

    monkeypatch.setattr(MailView, "state", property(looked_into))
    mails = [LoggedMail(number, MAIL) for number in (3, 2, 1)]
    for query in ("", " "):
        assert numbers(search(mails, query, 2)) == ([3, 2], 3)
    with pytest.raises(LookedInto):
        search(mails, "taro", 2)


def test_the_first_of_all_that_match_are_listed() -> None:
    mails = [LoggedMail(number, MAIL) for number in (3, 2, 1)]
    assert numbers(search(mails, "taro", 2)) == ([3, 2], 3)
    assert numbers(search(mails, "jiro", 2)) == ([], 0)


def labelled(number: int, label: str) -> LoggedMail:
    """A mail whose route has the two letters pr and ma in its name, as all have."""
    tags = {"route": "primary", "reference": "7Q4K2M9X8T"}
    return LoggedMail(number, replace(MAIL, subject=f"[{label}] S", tags=tags))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("PR", [2]),
        ("pr", [2]),
        ("ＰＲ", [2]),
        ("taro pr", [2]),
        ("jiro pr", []),
        # No label: other text then.
        ("ma", [3, 2, 1]),
        ("taro ma", [3, 2, 1]),
        ("pr ma", [3, 2, 1]),
        # A reference ends in two characters too, and three are no label.
        ("7Q4K 2M9X 8T", [3, 2, 1]),
        ("pri", [3, 2, 1]),
    ],
)
def test_two_characters_that_are_a_label_are_nothing_else(query: str, found: list[int]) -> None:
    mails = [labelled(3, "K7"), labelled(2, "PR"), labelled(1, "M3")]
    assert numbers(search(mails, query, 9)) == (found, len(found))


@pytest.mark.parametrize(
    "query", ["taro@日本語.jp", "日本語", "日本", "XN--wgv71a119e", "taro@xn--wgv71a119e.jp"]
)
def test_a_domain_is_found_in_letters_and_as_the_dns_has_it(query: str) -> None:
    mails = [LoggedMail(2, replace(MAIL, to="taro@xn--wgv71a119e.jp")), LoggedMail(1, MAIL)]
    assert numbers(search(mails, query, 9)) == ([2], 1)
