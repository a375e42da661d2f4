"""SES and the DNS of the sending domains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ops.check_result import Mark
from ops.deploy.preflight.context import Ground
from ops.deploy.preflight.ses import accounts, domains, published, sending, verified
from tests.ops.conftest import OTHER, REGION, route
from tests.ops.fake_account import Account, Fault
from tests.ops.fake_cloudformation import Formation

Make = Callable[..., Ground]
ROUTE = route("primary", "entry.example.lg.jp", REGION)
GOOD: dict[str, Any] = {
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 25.0, "SentLast24Hours": 0.0},
}
VERIFIED = {
    "DkimAttributes": {"Status": "SUCCESS"},
    "MailFromAttributes": {
        "MailFromDomain": ROUTE.mail_from,
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    },
}
DNS = {
    (ROUTE.mail_from, "MX"): [f"10 feedback-smtp.{REGION}.amazonses.com."],
    (ROUTE.mail_from, "TXT"): ["v=spf1 include:amazonses.com ~all"],
    (f"_dmarc.{ROUTE.domain}", "TXT"): ["v=DMARC1; p=none"],
    (ROUTE.domain, "A"): ["203.0.113.1"],
}


def quota(day: float, second: float) -> dict[str, Any]:
    return {"SendQuota": {"Max24HourSend": day, "MaxSendRate": second, "SentLast24Hours": 0.0}}


@pytest.mark.parametrize(
    ("change", "marks"),
    [
        ({}, [Mark.OK]),
        (quota(45_000, 25), [Mark.OK]),
        (quota(44_999, 25), [Mark.MISSING]),
        (quota(-1, 25), [Mark.OK]),
        (quota(50_000, 14), [Mark.NOTE]),
        ({"SendingEnabled": False}, [Mark.MISSING, Mark.OK]),
        ({"EnforcementStatus": "SHUTDOWN"}, [Mark.MISSING, Mark.OK]),
        ({"EnforcementStatus": "PROBATION"}, [Mark.NOTE, Mark.OK]),
        ({"ProductionAccessEnabled": False}, [Mark.MISSING]),
    ],
)
def test_an_account_must_be_able_to_send_what_is_planned(
    change: dict[str, Any], marks: list[Mark]
) -> None:
    found = list(sending({**GOOD, **change}, 45_000, REGION, strict=True))
    assert [finding.mark for finding in found] == marks


def test_a_stage_for_trying_out_may_live_in_the_sandbox() -> None:
    (found,) = sending({**GOOD, "ProductionAccessEnabled": False}, 45_000, REGION, strict=False)
    assert found.mark is Mark.NOTE


def test_each_region_is_asked_once(account: Account, ground: Make) -> None:
    account.answers["sesv2.GetAccount"] = GOOD
    assert len(list(accounts(ground(routes=2)))) == 2
    assert [at for name, at, _ in account.calls if "GetAccount" in name] == [REGION, OTHER]


def test_the_plan_is_the_stage_s_own_budget(account: Account, ground: Make) -> None:
    account.answers["sesv2.GetAccount"] = GOOD
    (found,) = accounts(ground(MailBudgetPerDay="50001"))
    assert found.mark is Mark.MISSING


def test_records_of_a_route_not_yet_made_are_told_later(account: Account, ground: Make) -> None:
    (found,) = domains(ground())
    assert found.mark is Mark.NOTE
    assert "after the first deployment" in found.line


def test_an_identity_that_somebody_else_made_stops_a_route(account: Account, ground: Make) -> None:
    account.answers["sesv2.GetEmailIdentity"] = VERIFIED
    (found,) = domains(ground())
    assert found.mark is Mark.STOPS
    assert "delete-email-identity --email-identity entry.example.lg.jp" in found.line


def test_a_route_with_all_its_records_is_well(
    account: Account, ground: Make, formation: Formation
) -> None:
    formation.put("todoku-dev-primary", REGION, "CREATE_COMPLETE")
    account.answers["sesv2.GetEmailIdentity"] = VERIFIED
    assert {finding.mark for finding in domains(ground(dns=DNS))} == {Mark.OK}


@pytest.mark.parametrize(
    ("name", "status"),
    [("DKIM", "PENDING"), ("DKIM", "FAILED"), ("MAIL FROM", "TEMPORARY_FAILURE")],
)
def test_what_ses_has_not_verified_is_missing(account: Account, name: str, status: str) -> None:
    told: dict[str, Any] = {key: dict(value) for key, value in VERIFIED.items()}
    if name == "DKIM":
        told["DkimAttributes"]["Status"] = status
    else:
        told["MailFromAttributes"]["MailFromDomainStatus"] = status
    account.answers["sesv2.GetEmailIdentity"] = told
    found = verified(ROUTE, account.clients("sesv2", REGION))
    (lacking,) = (finding for finding in found if finding.mark is Mark.MISSING)
    assert f"{name} of {ROUTE.domain} is {status}" in lacking.line


def test_an_identity_that_is_gone_is_missing(account: Account) -> None:
    account.answers["sesv2.GetEmailIdentity"] = Fault("NotFoundException", status=404)
    (found,) = verified(ROUTE, account.clients("sesv2", REGION))
    assert found.mark is Mark.MISSING


def lines(*without: tuple[str, str], **instead: list[str]) -> list[str]:
    there = {key: value for key, value in DNS.items() if key not in without}
    if "mx" in instead:
        there[ROUTE.mail_from, "MX"] = instead["mx"]
    return [f.line for f in published(ROUTE, lambda name, kind: there.get((name, kind), []))]


def test_nothing_is_said_of_a_domain_that_has_everything() -> None:
    assert lines() == []


@pytest.mark.parametrize(
    "exchanges",
    [
        [],
        [f"20 feedback-smtp.{REGION}.amazonses.com."],
        [f"10 feedback-smtp.{OTHER}.amazonses.com."],
        [f"10 feedback-smtp.{REGION}.amazonses.com.", "20 mx.example.lg.jp."],
    ],
)
def test_a_mail_from_has_exactly_one_mx(exchanges: list[str]) -> None:
    (line,) = lines(mx=exchanges)
    assert "exactly one MX" in line


def test_each_missing_record_is_named() -> None:
    (spf,) = lines((ROUTE.mail_from, "TXT"))
    assert "spf1" in spf
    (dmarc,) = lines((f"_dmarc.{ROUTE.domain}", "TXT"))
    assert "_dmarc" in dmarc
    (address,) = lines((ROUTE.domain, "A"))
    assert "docomo" in address


def test_an_mx_of_the_from_domain_will_do_in_place_of_an_a() -> None:
    there = {key: value for key, value in DNS.items() if key[1] != "A"}
    there[ROUTE.domain, "MX"] = ["10 mx.example.lg.jp."]
    assert list(published(ROUTE, lambda name, kind: there.get((name, kind), []))) == []
