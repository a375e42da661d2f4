"""What the page says about the mail is what is known, and no more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.locales import LOCALES
from chalicelib.trail.delivery import Advice, Step, delivery
from chalicelib.trail.delivery_states import DeliveryState, StateChange
from chalicelib.trail.mail_record import MailRecord
from chalicelib.trail.reason import REASONS
from chalicelib.web.pages import delivery_status
from chalicelib.web.pages.delivery_status import DeliveryStatus
from tests.web.pages.desk import NOW, mail, view
from tests.web.pages.scenes import DOCOMO, Scene

ASKED = NOW - timedelta(minutes=2)


def of(**changes: Any) -> DeliveryStatus:
    return delivery_status.delivery_status(view(**changes), ASKED, NOW, help_desk=True)


def rows(found: DeliveryStatus) -> list[str]:
    return [state for _, _, state in found.steps]


def test_before_any_mail_the_request_is_accepted_and_news_is_expected() -> None:
    found = of(state="queued", delivery=mail(), expected_at=NOW)

    assert rows(found) == ["accepted"]
    assert found.now == "We are preparing your email."
    assert found.moving
    assert found.leaves_at is None


def test_a_mail_that_waits_says_until_when() -> None:
    later = NOW + timedelta(minutes=12)
    found = of(state="queued", delivery=mail(), expected_at=later)

    assert found.leaves_at == later
    assert "waiting for its turn" in found.now
    assert found.moving


def test_sending_again_that_waits_hides_the_trouble_before_it() -> None:
    found = of(
        delivery=mail("waiting", "sent", "bounced", reason="policy"),
        expected_at=NOW + timedelta(minutes=12),
    )

    assert found.leaves_at is not None
    assert not found.trouble


@pytest.mark.parametrize(
    ("states", "moving", "trouble"),
    [
        (("waiting", "sent"), True, False),
        (("waiting", "sent", "delayed"), True, True),
        (("waiting", "sent", "delivered"), False, False),
        (("waiting", "sent", "bounced"), False, True),
        (("waiting", "rejected"), False, True),
    ],
)
def test_the_steps_of_one_mail_follow_the_request(
    states: tuple[str, ...], moving: bool, trouble: bool
) -> None:
    found = of(delivery=mail(*states))

    assert rows(found) == ["accepted", *states[1:]]
    assert (found.moving, found.trouble) == (moving, trouble)
    assert found.earlier == ()
    assert found.steps[0][1] == ASKED


def test_a_delivered_mails_page_looks_again_until_all_advice_is_there() -> None:
    early = of(delivery=mail("sent", "delivered", advice=("check-spam",)))
    late = of(delivery=mail("sent", "delivered", advice=("check-spam", "try-another-address")))

    assert (early.moving, early.news) == (False, True)
    assert (late.moving, late.news) == (False, False)


def test_the_newest_mail_is_told_and_the_ones_before_stand_apart() -> None:
    found = of(delivery=mail("waiting", "sent", "waiting", "sent", "delivered", "waiting", "sent"))

    assert rows(found) == ["waiting", "sent"]
    assert [s for _, _, s in found.earlier] == ["accepted", "sent", "waiting", "sent", "delivered"]


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("google", "Gmail"),
        ("example.ac.jp", "example.ac.jp"),
        (None, "your email service"),
    ],
)
def test_a_provider_is_called_as_people_call_it(provider: str | None, name: str) -> None:
    assert of(provider=provider).provider == name


def test_advice_that_names_a_provider_leads_to_its_steps() -> None:
    advice: tuple[Any, ...] = ("check-spam", "allow-domain:docomo", "unheard-of")
    found = of(delivery=mail("waiting", "sent", advice=advice))

    assert [provider for _, provider in found.advice] == [None, "docomo"]


def test_a_domain_that_does_not_exist_is_named() -> None:
    told = mail("rejected", reason="no-such-domain")
    email = "t***@nowhere.example.com"
    at_once = of(state="queued", email=email, delivery=told)
    after_a_mail = of(email=email, delivery=mail("waiting", "bounced", reason="no-such-domain"))
    asked_again = of(state="queued", email=email, delivery=mail(), expected_at=NOW)

    assert at_once.reason == "There is no mail domain “%(domain)s”."
    assert at_once.domain == "nowhere.example.com"
    assert (at_once.failed, at_once.nothing_sent) == (True, True)
    assert (after_a_mail.failed, after_a_mail.nothing_sent) == (True, False)
    assert not asked_again.failed


@pytest.mark.parametrize(
    ("reason", "advice", "resends"),
    [
        ("no-such-mailbox", ("check-address", "try-another-address"), False),
        ("no-such-domain", ("check-address", "try-another-address"), False),
        (None, ("check-address", "try-another-address"), False),
        ("no-such-mailbox", ("check-address", "allow-domain:docomo"), True),
        ("policy", ("allow-domain:docomo", "try-another-address"), True),
        ("other", ("check-address", "free-space", "try-another-address"), True),
    ],
)
def test_no_mail_is_offered_to_a_mailbox_that_does_not_exist(
    reason: str | None, advice: tuple[Advice, ...], resends: bool
) -> None:
    bounced = mail("waiting", "sent", "bounced", reason=reason, advice=advice)
    assert of(delivery=bounced).resends is resends
    assert of(delivery=mail("waiting", "sent", "delayed", advice=advice)).resends


@pytest.mark.parametrize(
    ("states", "kind", "failed"),
    [
        ((), "info", False),
        (("waiting", "sent"), "info", False),
        (("waiting", "sent", "delayed"), "warn", False),
        (("waiting", "sent", "delivered"), "good", False),
        (("waiting", "sent", "bounced"), "bad", True),
        (("waiting", "rejected"), "bad", True),
    ],
)
def test_the_banner_looks_as_the_mail_stands(
    states: tuple[str, ...], kind: str, failed: bool
) -> None:
    found = of(delivery=mail(*states))
    assert (found.kind, found.failed) == (kind, failed)


def test_the_applicants_mail_is_a_link_away_once_the_code_may_be_there() -> None:
    assert of().mailbox == ("Gmail", "https://mail.google.com/")
    assert of(provider="docomo").mailbox is None
    assert of(provider=None).mailbox is None
    assert of(state="expired").mailbox is None
    assert of(delivery=mail("waiting", "sent", "bounced")).mailbox is None


def test_without_a_help_desk_the_school_is_asked() -> None:
    shown = view(delivery=mail("sent", "rejected", advice=("ask-help-desk",)))
    asked = [
        delivery_status.delivery_status(shown, ASKED, NOW, help_desk=it).advice
        for it in (True, False)
    ]

    assert "help desk" in asked[0][0][0]
    assert "school" in asked[1][0][0]


def test_a_mail_that_nothing_is_heard_of_is_not_announced_as_arriving() -> None:
    early = of(delivery=mail("waiting", "sent"))
    old = replace(mail("waiting", "sent"), history=(Step("sent", NOW - timedelta(minutes=6)),))

    assert "within a few minutes" in early.now
    assert "not heard yet" in of(delivery=old).now


def test_nobody_is_sent_to_look_for_a_code_that_works_no_longer() -> None:
    found = of(state="expired", delivery=mail("waiting", "sent", "delivered"))

    assert "inbox" not in found.now


def test_a_provider_without_a_list_of_senders_is_searched() -> None:
    delivered = mail("sent", "delivered", advice=("allow-domain:google",))
    found = of(delivery=delivered).advice

    assert found == (("See how to find the email with this provider.", "google"),)


PATIENCE = ("wait", "later", "cannot be reached", "待", "あとで", "つながりません")


def _mail_section(state: DeliveryState, reason: str, locale: str) -> str:
    """What the page says of a mail that reached ``state`` just now."""
    sent = {"sent": StateChange(NOW), state: StateChange(NOW, reason)}
    record = MailRecord("R", "m", "sign-up", "docomo", "primary", "net", NOW, sent)
    shown = view(**DOCOMO, delivery=delivery([record], NOW))
    page = Scene("/register/code", shown).reply(locale).body
    return str(page).partition('id="mail-now"')[2].partition("<form")[0]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("state", ["bounced", "rejected"])
def test_when_nobody_tries_any_more_no_sentence_asks_for_patience(
    state: DeliveryState, reason: str, locale: str
) -> None:
    said = _mail_section(state, reason, locale)

    assert len(said) > 200
    assert [words for words in PATIENCE if words in said] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_domain_that_does_not_exist_has_a_sentence_of_its_own(locale: str) -> None:
    said = {reason: _mail_section("bounced", reason, locale) for reason in REASONS}

    assert "docomo.ne.jp" in said["no-such-domain"]
    assert said["no-such-domain"] not in [said[r] for r in REASONS if r != "no-such-domain"]


@pytest.mark.parametrize("reason", ["server-down", "deferred"])
def test_a_delay_and_its_end_are_told_apart(reason: str) -> None:
    delayed, bounced = (of(delivery=mail("sent", s, reason=reason)) for s in ("delayed", "bounced"))

    assert "stopped trying" in str(bounced.reason)
    assert "stopped trying" not in str(delayed.reason)


@pytest.mark.parametrize("reason", REASONS)
def test_while_a_mail_is_delayed_nothing_sounds_like_a_last_word(reason: Any) -> None:
    said = of(delivery=mail("sent", "delayed", reason=reason)).reason or ""

    assert "provider" not in said, "the sentence before names it"
    assert re.findall("refus|no such|no mail|too large|spam|stopped", said) == []


@pytest.mark.parametrize(
    ("advice", "said"),
    [
        (("check-address", "allow-domain:au"), "or it is set to refuse our email"),
        (("check-address", "try-another-address"), "says that there is no such address"),
    ],
)
def test_where_a_filter_answers_as_an_unknown_address_both_are_named(
    advice: tuple[Advice, ...], said: str
) -> None:
    bounced = mail("sent", "bounced", reason="no-such-mailbox", advice=advice)
    assert said in str(of(delivery=bounced).reason)
