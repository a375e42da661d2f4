"""The same code once more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.courier.interfaces import MailRejected
from chalicelib.courier.purpose import Purpose
from chalicelib.courier.send_again import SendAgainOutcome
from chalicelib.courier.sender import mail_id
from chalicelib.errors import TryLater
from chalicelib.identity.codes import IN_TRANSIT
from tests.courier.fakes import LIFE, REFERENCE, START, Post, recipient
from tests.in_memory.courier import POOL, sealed, trigger

RESEND = "CustomEmailSender_ResendCode"
FIRST = mail_id(sealed("123456"))


@pytest.fixture
def post() -> Post:
    """A code was mailed two minutes ago."""
    post = Post()
    post.send_code(trigger(sealed("123456")))
    post.clock.pass_(minutes=2)
    return post


def test_the_same_code_goes_as_a_mail_of_its_own(post: Post) -> None:
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.HANDED_OVER
    first, second = post.mails
    assert "\n123456\n" in second.text
    assert second.tags["mail"] == f"{FIRST}-2"
    assert post.records.kept[REFERENCE, f"{FIRST}.2"].state == "sent"
    until = "until 2026-11-25 18:05 (Japan time)"
    assert until in first.text
    assert until in second.text
    assert "Sent: 2026-11-24 18:07 (Japan time)" in second.text


def test_the_same_mail_sent_again_twice_is_one_mail(post: Post) -> None:
    for _ in range(3):
        assert post.send_again(REFERENCE, 2) is SendAgainOutcome.HANDED_OVER
    assert len(post.mails) == 2
    post.send_again(REFERENCE, 3)
    assert len(post.mails) == 3


def test_a_throttled_mail_to_send_again_is_tried_again(post: Post) -> None:
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.send_again(REFERENCE, 2)
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.HANDED_OVER
    assert len(post.mails) == 2


def test_a_first_mail_that_lambda_gave_up_on_can_still_go() -> None:
    post = Post()
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.send_code(trigger(sealed("123456")))
    for _ in range(2):
        assert post.send_again(REFERENCE, 0) is SendAgainOutcome.HANDED_OVER
    post.send_code(trigger(sealed("123456")))
    assert [mail.tags["mail"] for mail in post.mails] == [FIRST]
    assert post.record.state == "sent"


def test_a_rejected_mail_sent_again_is_over(post: Post) -> None:
    post.outbox.failing = [MailRejected("other")]
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.HANDED_OVER
    assert post.records.kept[REFERENCE, f"{FIRST}.2"].state == "rejected"


def test_an_owner_gets_the_owners_mail_again(post: Post) -> None:
    post.recipients.one = recipient(purpose=Purpose.ACCOUNT_EXISTS)
    post.send_again(REFERENCE, 2)
    assert "123456" not in post.mails[1].text


@pytest.mark.parametrize("one", [None, recipient(live=False)])
def test_nobody_who_needs_no_code_gets_one(post: Post, one: object) -> None:
    post.recipients.one = one  # type: ignore[assignment]
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.NOT_WANTED
    assert len(post.mails) == 1


def test_an_expired_code_is_not_mailed_even_if_it_is_still_kept(post: Post) -> None:
    post.clock.now = START - timedelta(seconds=2) + LIFE - timedelta(microseconds=1)
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.HANDED_OVER
    post.clock.pass_(microseconds=1)
    assert post.send_again(REFERENCE, 3) is SendAgainOutcome.NO_CODE
    assert len(post.mails) == 2


def test_without_a_kept_code_the_caller_is_told(post: Post) -> None:
    post.codes.kept.clear()
    post.clock.pass_(hours=1)
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.NO_CODE


def test_a_sign_ups_code_is_dead_once_another_was_asked_for(post: Post) -> None:
    post.clock.pass_(hours=1)
    post.recipients.one = recipient(reissued=True, asked_at=post.clock.now)
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.COMING
    post.clock.pass_(seconds=IN_TRANSIT.total_seconds() - 1)
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.COMING
    post.clock.pass_(seconds=1)
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.NO_CODE
    assert len(post.mails) == 1


def test_a_code_that_was_just_asked_for_is_not_asked_for_again() -> None:
    post = Post()
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.COMING


def test_after_a_reissue_the_new_code_is_the_one_repeated(post: Post) -> None:
    post.recipients.one = recipient(reissued=True, asked_at=post.clock.now)
    post.send_code(trigger(sealed("222222"), RESEND))
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.HANDED_OVER
    assert ["\n222222\n" in mail.text for mail in post.mails] == [False, True, True]


def test_a_kept_code_that_cannot_be_opened_counts_as_none(post: Post) -> None:
    (kept,) = post.codes.kept.values()
    post.codes.kept[kept.mail] = type(kept)(**{**vars(kept), "pool": f"{POOL}2"})
    assert post.send_again(REFERENCE, 2) is SendAgainOutcome.NO_CODE
    assert list(post.records.kept) == [(REFERENCE, FIRST)]
