"""Where the mail is: what SES tells, however it comes, and what the applicant is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.server import LocalServer
from tests.flow.client import Client, until

PROVIDERS = "/local/providers"
Addresses = Callable[..., str]


def rule(client: Client, provider: str, behaviour: str = "normal", **more: Any) -> None:
    answer = client.json("PUT", PROVIDERS, {"provider": provider, "behaviour": behaviour, **more})
    assert answer.status in (200, 204), answer


def states(registration: Any) -> list[str]:
    return [step["state"] for step in registration["delivery"]["history"]]


def in_state(applicant: Client, state: str) -> Any:
    return applicant.until(lambda it: it["delivery"]["state"] == state)


def test_duplicated_events_are_one_step_each(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    rule(applicant, "google", duplicates=True)
    applicant.register(email)
    assert states(in_state(applicant, "delivered")) == ["waiting", "sent", "delivered"]


def test_disordered_events_end_in_the_right_order_with_times_that_never_run_backwards(
    machine: LocalServer, applicant: Client, address: Addresses
) -> None:
    rule(applicant, "docomo", duplicates=True, disorder=True)
    applicant.register(address("docomo.ne.jp"))
    before = in_state(applicant, "delivered")
    machine.put_forward(1)
    after = applicant.current()
    assert states(before) == states(after) == ["waiting", "sent", "delivered"]
    times = [step["at"] for step in after["delivery"]["history"]]
    assert times == sorted(times)


def test_a_mail_that_arrived_and_then_bounced_has_bounced(
    machine: LocalServer, applicant: Client, address: Addresses
) -> None:
    rule(applicant, "softbank", "bounce", duplicates=True, disorder=True)
    applicant.register(address("softbank.ne.jp"))
    assert states(in_state(applicant, "bounced")) == ["waiting", "sent", "bounced"]


@pytest.mark.parametrize(
    ("domain", "provider", "behaviour", "state", "reason", "advice"),
    [
        (
            "docomo.ne.jp",
            "docomo",
            "bounce",
            "bounced",
            "no-such-mailbox",
            ["check-address", "allow-domain:docomo", "try-another-address"],
        ),
        (
            "ezweb.ne.jp",
            "au",
            "refuse",
            "bounced",
            "policy",
            ["allow-domain:au", "try-another-address", "ask-help-desk"],
        ),
        (
            "school.example.ed.jp",
            "google",
            "bounce",
            "bounced",
            "no-such-mailbox",
            ["check-address", "try-another-address"],
        ),
        (
            "icloud.com",
            "icloud",
            "normal",
            "delivered",
            None,
            ["check-spam", "allow-domain:icloud"],
        ),
        ("yahoo.co.jp", "yahoo-jp", "silent", "sent", None, ["wait"]),
    ],
)
def test_what_a_provider_did_is_told_with_a_reason_and_advice(
    machine: LocalServer,
    applicant: Client,
    address: Addresses,
    domain: str,
    provider: str,
    behaviour: str,
    state: str,
    reason: str | None,
    advice: list[str],
) -> None:
    rule(applicant, provider, behaviour)
    email = address(domain)
    applicant.register(email)
    seen = in_state(applicant, state)
    assert seen["provider"] == provider
    assert seen["delivery"]["reason"] == reason
    assert seen["delivery"]["advice"] == advice
    assert seen["state"] == "awaiting_code"


def test_another_address_is_advised_after_some_minutes(
    applicant: Client, address: Addresses, ahead: Callable[[float], None]
) -> None:
    applicant.register(address("icloud.com"))
    before = in_state(applicant, "delivered")["delivery"]["advice"]
    ahead(301)
    assert applicant.current()["delivery"]["advice"] == [*before, "try-another-address"]


def test_a_deferred_mail_is_delayed_and_then_delivered(
    machine: LocalServer, applicant: Client, address: Addresses, ahead: Callable[[float], None]
) -> None:
    rule(applicant, "microsoft", "defer", seconds=20)
    email = address("outlook.com")
    applicant.register(email)
    delayed = in_state(applicant, "delayed")
    # The local SES defers with 4.7.0: "not now", which no setting of the applicant's says.
    assert delayed["delivery"]["reason"] == "deferred"
    assert delayed["delivery"]["advice"] == ["wait"]
    assert not machine.mailbox.to(email)
    ahead(16)
    ahead(16)
    code = machine.wait_for_mail(email)[0].code
    assert states(in_state(applicant, "delivered")) == ["waiting", "sent", "delayed", "delivered"]
    assert applicant.verify(code or "").status == 200


def test_an_address_that_bounced_once_is_tried_again_when_asked(
    machine: LocalServer, applicant: Client, address: Addresses, ahead: Callable[[float], None]
) -> None:
    rule(applicant, "icloud", "bounce")
    email = address("icloud.com")
    applicant.register(email)
    in_state(applicant, "bounced")
    rule(applicant, "icloud")
    ahead(61)
    assert applicant.send_again().status == 202
    in_state(applicant, "delivered")
    code = machine.wait_for_mail(email)[0].code
    assert applicant.verify(code or "").status == 200


def test_nobody_learns_that_an_addresss_owner_once_complained(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    machine.suppression.add(email, "COMPLAINT")
    applicant.register(email)
    seen = in_state(applicant, "bounced")
    assert seen["delivery"]["reason"] == "other"
    assert "try-another-address" in seen["delivery"]["advice"]
    assert "ask-help-desk" in seen["delivery"]["advice"]
    assert not machine.mailbox.to(email)


def test_a_complaint_is_not_told(machine: LocalServer, applicant: Client) -> None:
    applicant.register("complaint@simulator.amazonses.com")
    records = machine.services.adapters.mail_records
    reference = applicant.current()["reference"].replace("-", "")
    until(lambda: [mail.state for mail in records.of(reference)] == ["complained"])
    seen = applicant.current()["delivery"]
    assert (seen["state"], seen["reason"]) == ("delivered", None)
    assert "complained" not in str(seen)


def test_a_mail_in_the_junk_folder_counts_as_delivered_and_the_advice_says_where_to_look(
    machine: LocalServer, applicant: Client, address: Addresses
) -> None:
    rule(applicant, "google", "junk")
    email = address()
    applicant.register(email)
    assert "check-spam" in in_state(applicant, "delivered")["delivery"]["advice"]
    assert not machine.mailbox.to(email)


def test_the_newest_mail_is_the_one_that_counts(
    machine: LocalServer, applicant: Client, address: Addresses, ahead: Callable[[float], None]
) -> None:
    rule(applicant, "au", "silent")
    email = address("ezweb.ne.jp")
    applicant.register(email)
    in_state(applicant, "sent")
    rule(applicant, "au")
    ahead(61)
    applicant.send_again()
    seen = in_state(applicant, "delivered")
    assert states(seen) == ["waiting", "sent", "waiting", "sent", "delivered"]
    code = machine.wait_for_mail(email)[0].code
    assert applicant.verify(code or "").status == 200, "the code of the lost mail, once more"


def test_applicants_never_see_the_receiving_servers_words(
    machine: LocalServer, applicant: Client, address: Addresses
) -> None:
    rule(applicant, "docomo", "bounce")
    applicant.register(address("docomo.ne.jp"))
    in_state(applicant, "bounced")
    answer = applicant.json("GET", "/api/v1/registrations/current")
    page = applicant.look("/register/code")
    for words in ("5.1.1", "user unknown", "550"):
        assert words not in answer.text
        assert words not in page.page.text


def test_the_code_page_says_where_the_mail_is(
    machine: LocalServer, applicant: Client, address: Addresses
) -> None:
    rule(applicant, "docomo", "bounce")
    applicant.register(address("docomo.ne.jp"), locale="en")
    before = applicant.look("/register/code").page.text
    in_state(applicant, "bounced")
    after = applicant.look("/register/code").page.text
    assert after != before
    assert "/register/code/help" in applicant.look("/register/code").page.links
