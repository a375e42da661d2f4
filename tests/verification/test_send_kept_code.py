"""The same code once more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs
from msgspec.structs import replace

from chalicelib.courier.sender import MailRejected
from chalicelib.errors import TryLater
from chalicelib.identity.codes import IN_TRANSIT
from chalicelib.jobs import Job, JobKind, MailAgain
from chalicelib.verification.model import OPEN, AttemptState
from chalicelib.verification.send_code import mail_id
from tests.in_memory.courier import POOL, sealed, trigger
from tests.in_memory.post import ASKED, LIFE, REFERENCE, START, Post

RESEND = "CustomEmailSender_ResendCode"
FIRST = mail_id(sealed("123456"))
REISSUE = Job(JobKind.REISSUE_UNREADABLE, REFERENCE, code=ASKED + LIFE)
"""A new code, where the first cannot be read."""


@pytest.fixture
def post() -> Post:
    """A code was mailed two minutes ago."""
    post = Post()
    post.send_code(trigger(sealed("123456")))
    post.clock.pass_(minutes=2)
    return post


def test_the_same_code_goes_as_a_mail_of_its_own(post: Post) -> None:
    post.again(2)
    first, second = post.mails
    assert "\n123456\n" in second.text
    assert second.tags["mail"] == f"{FIRST}-2"
    assert post.records.kept[REFERENCE, f"{FIRST}.2"].state == "sent"
    until = "until 25 Nov 2026, 18:05 (Japan time)"
    assert until in first.text
    assert until in second.text
    assert "Sent: 24 Nov 2026, 18:07 (Japan time)" in second.text


def test_the_same_mail_sent_again_twice_is_one_mail(post: Post) -> None:
    for _ in range(3):
        post.again(2)
    assert len(post.mails) == 2
    post.again(3)
    assert len(post.mails) == 3


def test_a_throttled_mail_to_send_again_is_tried_again(post: Post) -> None:
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.again(2)
    post.again(2)
    assert len(post.mails) == 2


def test_a_first_mail_that_lambda_gave_up_on_can_still_go() -> None:
    post = Post()
    post.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        post.send_code(trigger(sealed("123456")))
    for _ in range(2):
        post.again(0)
    post.send_code(trigger(sealed("123456")))
    assert [mail.tags["mail"] for mail in post.mails] == [FIRST]
    assert post.record.state == "sent"


def test_a_rejected_mail_sent_again_is_over(post: Post) -> None:
    post.outbox.failing = [MailRejected("other")]
    post.again(2)
    assert post.records.kept[REFERENCE, f"{FIRST}.2"].state == "rejected"


def test_an_owner_gets_the_owners_mail_again(post: Post) -> None:
    post.is_owned()
    post.again(2)
    assert "123456" not in post.mails[1].text


@pytest.mark.parametrize("state", [state for state in AttemptState if state not in OPEN])
def test_who_needs_no_code_gets_none(post: Post, state: AttemptState) -> None:
    post.codes.kept.clear()
    post.become(state=state, signup_at=START - timedelta(hours=1))
    post.again(2)
    assert len(post.mails) == 1
    assert post.asked == []


def test_nobody_gets_no_code(post: Post) -> None:
    post.send_kept_code(MailAgain("NOBODY", 2))
    assert len(post.mails) == 1
    assert post.asked == []


def test_a_corrected_address_gets_no_code_any_more(post: Post) -> None:
    other = replace(post.attempt, reference="OTHER", email="hanako@docomo.ne.jp")
    post.table.change(REFERENCE, lambda r: replace(r.with_attempt(other), current="OTHER"))
    post.again(2)
    assert len(post.mails) == 1
    assert post.asked == []


def test_an_expired_code_is_not_mailed_even_if_it_is_still_kept(post: Post) -> None:
    post.clock.now = ASKED + LIFE - timedelta(microseconds=1)
    post.again(2)
    assert len(post.mails) == 2
    assert post.asked == []
    post.clock.pass_(microseconds=1)
    post.again(3)
    assert len(post.mails) == 2
    assert post.asked == [REISSUE]


@pytest.mark.parametrize("minutes", [0, 60])
def test_without_a_kept_code_a_new_one_is_asked_for(post: Post, minutes: int) -> None:
    """At once: the one that was lost had come, so that none is on its way."""
    post.codes.kept.clear()
    post.clock.pass_(minutes=minutes)
    post.again(2)
    assert post.asked == [REISSUE]


def test_a_sign_ups_code_is_dead_once_another_was_asked_for(post: Post) -> None:
    post.clock.pass_(hours=1)
    post.become(reissued_at=post.clock.now, code_expires_at=None)
    post.again(2)
    post.clock.pass_(seconds=IN_TRANSIT.total_seconds() - 1)
    post.again(2)
    assert post.asked == []
    post.clock.pass_(seconds=1)
    post.again(2)
    assert post.asked == [Job(JobKind.REISSUE_LOST, REFERENCE)]
    assert len(post.mails) == 1


def test_a_code_that_was_just_asked_for_is_not_asked_for_again() -> None:
    post = Post()
    post.again(2)
    assert post.asked == []
    assert post.mails == []


def test_after_a_reissue_the_new_code_is_the_one_repeated(post: Post) -> None:
    post.become(reissued_at=post.clock.now)
    post.send_code(trigger(sealed("222222"), RESEND))
    post.again(2)
    assert ["\n222222\n" in mail.text for mail in post.mails] == [False, True, True]


def test_a_kept_code_that_cannot_be_opened_counts_as_none(post: Post) -> None:
    (kept,) = post.codes.kept.values()
    post.codes.kept[kept.mail] = structs.replace(kept, pool=f"{POOL}2")
    post.again(2)
    assert post.asked == [REISSUE]
    assert list(post.records.kept) == [(REFERENCE, FIRST)]
