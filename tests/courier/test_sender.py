"""What is chosen once for a mail, and kept: its purpose and its route."""

from __future__ import annotations

import pytest

from chalicelib.config import Route
from chalicelib.courier.text import Purpose
from chalicelib.errors import TryLater
from tests.in_memory.courier import sealed, trigger
from tests.in_memory.post import LIFE, REFERENCE, ROUTE, START, Post, recipient

SECOND = Route("second", "ap-northeast-3", "todoku-second", "entry@second.example.lg.jp")


@pytest.fixture
def post() -> Post:
    """A courier whose first mail is begun, by the only route there is, and not sent."""
    made = Post()
    made.outbox.failing = [TryLater()]
    with pytest.raises(TryLater):
        made.send_code(trigger(sealed("123456")))
    assert made.record.route == ROUTE.name
    return made


def test_a_mail_leaves_by_the_route_that_was_chosen_when_it_began(post: Post) -> None:
    """Whatever would be chosen by now: what its route is blamed for, it has gone by."""
    post.with_routes(SECOND, ROUTE)
    post.send_code(trigger(sealed("123456")))
    assert post.outbox.routes == [ROUTE.name] == [post.record.route]
    assert post.mails[0].tags["route"] == ROUTE.name


def test_the_next_mail_is_routed_anew(post: Post) -> None:
    post.with_routes(SECOND, ROUTE)
    post.again(1)
    assert post.outbox.routes == [SECOND.name]


def test_a_route_that_the_settings_have_no_more_is_replaced_in_the_record_too(post: Post) -> None:
    post.with_routes(SECOND)
    post.send_code(trigger(sealed("123456")))
    assert post.outbox.routes == [SECOND.name] == [post.record.route]
    assert post.mails[0].tags["route"] == SECOND.name


def test_a_mail_that_ses_took_meanwhile_is_not_sent_by_another_route(post: Post) -> None:
    begun = post.record
    post.with_routes(SECOND)
    post.trail.reached(begun, "sent", begun.states["waiting"])
    post.sender.send(recipient(), begun, unasked, START + LIFE)
    assert post.mails == []
    assert post.record.route == ROUTE.name


def test_of_a_mail_that_has_left_nothing_is_asked_or_written(post: Post) -> None:
    """Not even when its route and its record are gone: it would be written anew."""
    post.send_code(trigger(sealed("123456")))
    sent = post.record
    post.records.kept.clear()
    post.with_routes(SECOND)
    post.sender.send(recipient(), sent, unasked, START + LIFE)
    assert post.records.kept == {}
    assert len(post.mails) == 1


def unasked() -> str:
    raise AssertionError("the code of a mail that does not leave is not asked for")


def test_a_code_that_cannot_be_read_now_waits_on_the_route_that_is_kept(post: Post) -> None:
    """The route is settled before the code is asked for, and stays so."""

    def busy() -> str:
        raise TryLater()

    post.with_routes(SECOND)
    with pytest.raises(TryLater):
        post.sender.send(recipient(), post.record, busy, START + LIFE)
    assert post.record.route == SECOND.name


def test_a_mail_is_what_it_was_begun_as(post: Post) -> None:
    """Its record is what conversions are counted by: text, tag and record are one."""
    post.is_owned()
    post.send_code(trigger(sealed("123456")))
    assert post.record.purpose == Purpose.SIGN_UP_CODE == post.mails[0].tags["purpose"]
    assert "123456" in post.mails[0].text


def test_a_purpose_of_another_release_is_an_error_and_no_mail(post: Post) -> None:
    key = (REFERENCE, post.record.mail)
    from msgspec.structs import replace as with_

    post.records.kept[key] = with_(post.record, purpose="of-another-release")
    with pytest.raises(ValueError, match="of-another-release"):
        post.send_code(trigger(sealed("123456")))
    assert post.mails == []
