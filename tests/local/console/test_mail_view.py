"""The search in the mail log."""

from __future__ import annotations

from collections.abc import Sequence
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
