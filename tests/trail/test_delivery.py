"""What an applicant is told about the mails of an attempt."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import get_args

import pytest

from chalicelib.trail.delivery import Advice, Step, ToldReason, delivery
from chalicelib.trail.delivery_states import STATES, DeliveryState, StateChange, StateChanges
from chalicelib.trail.mail_record import MailRecord
from chalicelib.trail.reason import REASONS
from tests.trail.ses_events import MAIL, at

KNOWN_ADVICE = {
    "check-spam",
    "check-address",
    "try-another-address",
    "free-space",
    "wait",
    "ask-help-desk",
    "allow-domain:docomo",
}


PROVIDERS = ("docomo", "au", "softbank", "icloud", "google", "yahoo-jp", "microsoft", "example.jp")

NOW = at(400)
"""Long enough after everything here for the advice that comes late."""


def record(
    states: StateChanges,
    provider: str = "docomo",
    mail: str = MAIL,
    started: datetime | None = None,
) -> MailRecord:
    return MailRecord("R", mail, "sign-up", provider, "primary", "net", started or at(0), states)


def test_before_any_mail_it_waits() -> None:
    told = delivery([], NOW)
    assert (told.state, told.history, told.reason) == ("waiting", (), None)


def test_the_newest_mail_is_shown_with_the_history_of_all() -> None:
    first = record(
        {
            "waiting": StateChange(at(0)),
            "sent": StateChange(at(1)),
            "bounced": StateChange(at(5)),
        }
    )
    second = record({"waiting": StateChange(at(70))}, mail=f"{MAIL}.1", started=at(70))
    told = delivery([second, first], NOW)
    assert told.state == "waiting"
    assert told.history == (
        Step("waiting", at(0)),
        Step("sent", at(1)),
        Step("bounced", at(5)),
        Step("waiting", at(70)),
    )


def test_a_delivered_mail_sends_people_to_the_spam_folder_and_the_carriers_filter() -> None:
    told = delivery(
        [
            record(
                {
                    "sent": StateChange(at(1)),
                    "delivered": StateChange(at(3)),
                }
            )
        ],
        NOW,
    )
    assert told.state == "delivered"
    assert told.advice == ("check-spam", "allow-domain:docomo", "try-another-address")


@pytest.mark.parametrize("state", ["sent", "delivered"])
def test_another_address_is_advised_only_when_waiting_has_not_helped(state: DeliveryState) -> None:
    mail = [record({"waiting": StateChange(at(0)), state: StateChange(at(1))})]
    early, late = delivery(mail, at(300)), delivery(mail, at(301))
    assert "try-another-address" not in early.advice
    assert "try-another-address" in late.advice


def test_of_a_mail_that_nothing_is_heard_of_nobody_is_told_to_wait_for_ever() -> None:
    mail = [record({"waiting": StateChange(at(0)), "sent": StateChange(at(1))})]
    assert delivery(mail, at(300)).advice == ("wait",)
    late = ("check-spam", "allow-domain:docomo", "try-another-address", "ask-help-desk")
    assert delivery(mail, at(301)).advice == late


def test_a_delay_without_a_fault_of_the_applicants_asks_for_patience_alone() -> None:
    mail = [
        record(
            {
                "sent": StateChange(at(1)),
                "delayed": StateChange(at(3), "deferred"),
            }
        )
    ]
    assert delivery(mail, at(10)).advice == ("wait",)
    assert delivery(mail, at(400)).advice == ("wait", "try-another-address")


@pytest.mark.parametrize("provider", ["google", "icloud"])
@pytest.mark.parametrize("reason", ["no-such-mailbox", "policy", "other"])
def test_a_mail_that_came_back_is_not_looked_for(provider: str, reason: str) -> None:
    told = delivery([record({"bounced": StateChange(at(3), reason)}, provider)], NOW)
    assert not [code for code in told.advice if code.startswith("allow-domain")]


def test_a_mail_that_came_back_is_no_reason_to_wait() -> None:
    assert (
        "try-another-address" in delivery([record({"bounced": StateChange(at(3))})], at(4)).advice
    )


@pytest.mark.parametrize("provider", ["docomo", "au", "softbank", "icloud", "google"])
def test_providers_with_a_filter_of_their_own_are_named(provider: str) -> None:
    told = delivery([record({"delivered": StateChange(at(3))}, provider)], NOW)
    assert f"allow-domain:{provider}" in told.advice


@pytest.mark.parametrize("provider", ["unknown", "example.ed.jp", "microsoft"])
def test_others_are_not(provider: str) -> None:
    told = delivery([record({"delivered": StateChange(at(3))}, provider)], NOW)
    assert told.advice == ("check-spam", "try-another-address")


@pytest.mark.parametrize(
    ("reason", "first"),
    [
        ("no-such-mailbox", "check-address"),
        ("policy", "allow-domain:docomo"),
        ("server-down", "try-another-address"),
        ("deferred", "try-another-address"),
        ("too-large", "ask-help-desk"),
    ],
)
def test_a_bounce_says_what_helps_against_its_reason(reason: str, first: str) -> None:
    told = delivery(
        [
            record(
                {
                    "sent": StateChange(at(1)),
                    "bounced": StateChange(at(3), reason),
                }
            )
        ],
        NOW,
    )
    assert (told.state, told.reason) == ("bounced", reason)
    assert told.advice[0] == first


@pytest.mark.parametrize("reason", [None, *REASONS])
def test_after_a_mail_came_back_nobody_is_told_to_wait(reason: str | None) -> None:
    told = delivery([record({"bounced": StateChange(at(1), reason)})], at(2))
    assert "wait" not in told.advice


ANSWERED: StateChanges = {"answered": StateChange(at(9), "other")}


@pytest.mark.parametrize("delivered", ["delivered", "complained"])
def test_an_answer_does_not_undo_a_delivery(delivered: DeliveryState) -> None:
    came: StateChanges = {"sent": StateChange(at(1)), delivered: StateChange(at(3))}
    assert delivery([record(came | ANSWERED)], NOW) == delivery([record(came)], NOW)


def test_an_answer_to_a_mail_that_was_not_delivered_is_a_mail_that_came_back() -> None:
    sent: StateChanges = {"sent": StateChange(at(1))}
    told = delivery([record(sent | ANSWERED)], NOW)
    assert told == delivery([record(sent | {"bounced": StateChange(at(9), "other")})], NOW)
    assert (told.state, told.reason) == ("bounced", "other")


def test_an_answer_hides_no_refusal() -> None:
    refused: StateChanges = {"delivered": StateChange(at(3)), "bounced": StateChange(at(5), "spam")}
    assert delivery([record(ANSWERED | refused)], NOW).reason == "spam"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("reason", [None, *REASONS])
def test_every_state_and_reason_has_advice_that_the_pages_know(
    state: DeliveryState, reason: str | None
) -> None:
    told = delivery([record({state: StateChange(at(1), reason)})], NOW)
    assert told.advice
    assert set(told.advice) <= KNOWN_ADVICE
    assert len(told.advice) == len(set(told.advice))


def test_the_published_values_are_those_that_are_told() -> None:
    advice: set[str] = set()
    reasons: set[str | None] = set()
    for state, reason, provider in product(STATES, [None, *REASONS], PROVIDERS):
        told = delivery([record({state: StateChange(at(1), reason)}, provider)], NOW)
        advice |= set(told.advice)
        reasons.add(told.reason)
    assert advice == set(get_args(Advice))
    assert reasons - {None} == set(get_args(ToldReason))


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ({"sent": 1, "suppressed": 2}, {"sent": 1, "bounced": 2}),
        ({"sent": 1, "bounced": 2, "suppressed": 3}, {"sent": 1, "bounced": 2}),
        ({"sent": 1, "delivered": 2, "complained": 3}, {"sent": 1, "delivered": 2}),
        ({"sent": 1, "complained": 3}, {"sent": 1, "delivered": 3}),
    ],
)
def test_what_only_the_owner_may_know_is_told_nobody(
    states: dict[DeliveryState, int], told: dict[str, int]
) -> None:
    """Who asked for the mail has not proven that the address is theirs."""
    seen = delivery([record({s: StateChange(at(n)) for s, n in states.items()})], NOW)
    assert {step.state: step.at for step in seen.history} == {s: at(n) for s, n in told.items()}
    assert seen.state == list(told)[-1]


OWNERS = [
    record({"sent": StateChange(at(1)), "bounced": StateChange(at(3), "mailbox-full")}),
    record({"sent": StateChange(at(1)), "bounced": StateChange(at(3), "suppressed")}),
    record({"sent": StateChange(at(1)), "suppressed": StateChange(at(3), "suppressed")}),
    record({"sent": StateChange(at(1)), "bounced": StateChange(at(3), "other")}),
]


def test_a_full_mailbox_and_an_owner_who_complained_look_like_any_other_reason() -> None:
    assert len({repr(delivery([mail], NOW)) for mail in OWNERS}) == 1
    told = delivery(OWNERS[:1], NOW)
    assert (told.state, told.reason) == ("bounced", "other")
    assert {"check-address", "free-space", "try-another-address", "ask-help-desk"} <= set(
        told.advice
    )


def test_a_mail_that_waits_for_a_full_mailbox_looks_like_one_that_waits() -> None:
    full, busy = (
        delivery([record({"sent": StateChange(at(1)), "delayed": StateChange(at(3), why)})], NOW)
        for why in ("mailbox-full", "deferred")
    )
    assert full == busy


def test_the_servers_words_are_not_shown() -> None:
    told = delivery([record({"bounced": StateChange(at(3), "policy", "550 5.7.1 go away")})], NOW)
    assert "go away" not in repr(told)
