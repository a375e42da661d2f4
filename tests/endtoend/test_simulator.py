"""What becomes of mails to SES's mailbox simulator: their trail tells, nobody reads them."""

from __future__ import annotations

import pytest

from tests.endtoend.target import simulated
from tests.flow.client import CURRENT, Client


@pytest.mark.mails(simulator=1)
@pytest.mark.parametrize(
    ("who", "state", "reason"),
    [
        ("ooto", "delivered", None),
        ("complaint", "delivered", None),
        ("suppressionlist", "bounced", "other"),
    ],
)
def test_what_became_of_a_mail_is_told(
    visitor: Client, who: str, state: str, reason: str | None
) -> None:
    assert visitor.register(simulated(who)).status == 202
    seen = visitor.until(lambda it: it["delivery"]["state"] == state)
    assert seen["delivery"]["reason"] == reason
    assert seen["delivery"]["history"][0]["state"] == "waiting"


@pytest.mark.mails(simulator=2)
def test_an_address_that_bounces_is_told_and_can_be_corrected(visitor: Client) -> None:
    asked = visitor.register(simulated("bounce"))
    assert asked.status == 202
    (cookie,) = [c for c in asked.all("set-cookie") if "todoku_registration" in c]
    assert cookie.startswith("__Host-")
    assert "; Secure" in cookie
    bounced = visitor.until(lambda it: it["delivery"]["state"] == "bounced")
    assert bounced["delivery"]["reason"] == "no-such-mailbox"
    assert "check-address" in bounced["delivery"]["advice"]

    corrected = visitor.correct(simulated("success"))
    assert corrected.status == 202
    assert corrected.json["reference"] != bounced["reference"]
    seen = visitor.awaiting_code()
    assert seen["label"] != bounced["label"]
    # A page that somebody reloads again and again.
    assert [visitor.json("GET", CURRENT).status for _ in range(10)] == [200] * 10

    refused = visitor.verify("000000")
    assert (refused.status, refused.problem) == (422, "code-mismatch")
    assert refused.json["attempts_left"] == 4
    assert visitor.cancel().status == 204
    assert visitor.json("GET", CURRENT).status == 404
