"""The mail log: what it notes, in which order, and that it forgets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.ses import mail_log
from local.ses.mail import Mail
from local.ses.mail_log import MailLog

AT = datetime(2027, 1, 9, tzinfo=UTC)


def mail(id: str, to: str = "a@x.jp") -> Mail:
    return Mail(id, AT, "r", "1", "S <s@x.jp>", "s@x.jp", to, "S", "T", (), {}, "set")


def test_a_mail_is_found_with_all_that_befell_it() -> None:
    log = MailLog()
    log.accepted(mail("1"))
    log.accepted(mail("2"))
    log.published(mail("1"), {"eventType": "Send"})
    log.published(mail("1"), {"eventType": "Delivery"})
    log.filed(mail("1"), "junk")

    newer, older = log.newest_first()
    assert (newer.mail.id, newer.events, newer.folder) == ("2", (), None)
    assert [it["eventType"] for it in older.events] == ["Send", "Delivery"]
    assert older.folder == "junk"
    assert log.get(older.number) == older
    assert log.get(3) is None


def test_two_recipients_of_one_mail_are_two() -> None:
    log = MailLog()
    log.accepted(mail("1", "a@x.jp"))
    log.accepted(mail("1", "b@x.jp"))
    log.filed(mail("1", "a@x.jp"), "inbox")

    assert [(it.mail.to, it.folder) for it in log.newest_first()] == [
        ("b@x.jp", None),
        ("a@x.jp", "inbox"),
    ]


def test_the_oldest_is_forgotten_and_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_log, "MAX_MAILS", 2)
    log = MailLog()
    for id in ("1", "2", "3"):
        log.accepted(mail(id))
    log.published(mail("1"), {"eventType": "Send"})
    log.filed(mail("1"), "inbox")

    assert [(it.number, it.mail.id) for it in log.newest_first()] == [(3, "3"), (2, "2")]
