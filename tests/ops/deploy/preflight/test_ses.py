"""SES and the DNS of the sending domains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ops.check_result import Severity
from ops.deploy.preflight.context import PreflightContext
from ops.deploy.preflight.ses import (
    check_dns,
    check_identity,
    check_sending_limits,
    sending_domains,
    ses_accounts,
)
from tests.ops.conftest import OTHER, REGION, route
from tests.ops.fake_account import AwsError, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation

Make = Callable[..., PreflightContext]
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
    (ROUTE.domain, "TXT"): ["google-site-verification=x", "v=spf1 mx include:amazonses.com -all"],
    (f"_dmarc.{ROUTE.domain}", "TXT"): ["v=DMARC1; p=none"],
    (ROUTE.domain, "A"): ["203.0.113.1"],
}


def quota(day: float, second: float) -> dict[str, Any]:
    return {"SendQuota": {"Max24HourSend": day, "MaxSendRate": second, "SentLast24Hours": 0.0}}


@pytest.mark.parametrize(
    ("change", "marks"),
    [
        ({}, [Severity.OK]),
        (quota(45_000, 25), [Severity.OK]),
        (quota(44_999, 25), [Severity.MISSING]),
        (quota(-1, 25), [Severity.OK]),
        (quota(50_000, 14), [Severity.NOTE]),
        ({"SendingEnabled": False}, [Severity.MISSING, Severity.OK]),
        ({"EnforcementStatus": "SHUTDOWN"}, [Severity.MISSING, Severity.OK]),
        ({"EnforcementStatus": "PROBATION"}, [Severity.NOTE, Severity.OK]),
        ({"ProductionAccessEnabled": False}, [Severity.MISSING]),
    ],
)
def test_an_account_must_be_able_to_send_what_is_planned(
    change: dict[str, Any], marks: list[Severity]
) -> None:
    found = list(check_sending_limits({**GOOD, **change}, 45_000, REGION, strict=True))
    assert [result.severity for result in found] == marks


def test_a_stage_for_trying_out_may_live_in_the_sandbox() -> None:
    (found,) = check_sending_limits(
        {**GOOD, "ProductionAccessEnabled": False}, 45_000, REGION, strict=False
    )
    assert found.severity is Severity.NOTE


def test_each_region_is_asked_once(account: FakeAccount, context: Make) -> None:
    account.answers["sesv2.GetAccount"] = GOOD
    assert len(list(ses_accounts(context(routes=2)))) == 2
    assert [at for name, at, _ in account.calls if "GetAccount" in name] == [REGION, OTHER]


def test_the_plan_is_the_stage_s_own_budget(account: FakeAccount, context: Make) -> None:
    account.answers["sesv2.GetAccount"] = GOOD
    (found,) = ses_accounts(context(MailBudgetPerDay="50001"))
    assert found.severity is Severity.MISSING


def test_records_of_a_route_not_yet_made_are_told_later(
    account: FakeAccount, context: Make
) -> None:
    (found,) = sending_domains(context())
    assert found.severity is Severity.NOTE
    assert "are told after the deployment" in found.message


def test_an_identity_that_somebody_else_made_stops_a_route(
    account: FakeAccount, context: Make
) -> None:
    account.answers["sesv2.GetEmailIdentity"] = VERIFIED
    (found,) = sending_domains(context())
    assert found.severity is Severity.STOPS
    assert "delete-email-identity --email-identity entry.example.lg.jp" in found.message


def test_a_route_with_all_its_records_is_well(
    account: FakeAccount, context: Make, formation: FakeCloudFormation
) -> None:
    formation.put("todoku-dev-primary", REGION, "CREATE_COMPLETE")
    account.answers["sesv2.GetEmailIdentity"] = VERIFIED
    assert {result.severity for result in sending_domains(context(dns=DNS))} == {Severity.OK}


@pytest.mark.parametrize(
    ("name", "status"),
    [("DKIM", "PENDING"), ("DKIM", "FAILED"), ("MAIL FROM", "TEMPORARY_FAILURE")],
)
def test_what_ses_has_not_verified_is_missing(account: FakeAccount, name: str, status: str) -> None:
    told: dict[str, Any] = {key: dict(value) for key, value in VERIFIED.items()}
    if name == "DKIM":
        told["DkimAttributes"]["Status"] = status
    else:
        told["MailFromAttributes"]["MailFromDomainStatus"] = status
    account.answers["sesv2.GetEmailIdentity"] = told
    found = check_identity(ROUTE, account.clients("sesv2", REGION))
    (lacking,) = (result for result in found if result.severity is Severity.MISSING)
    assert f"{name} of {ROUTE.domain} is {status}" in lacking.message


def test_an_identity_that_is_gone_is_missing(account: FakeAccount) -> None:
    account.answers["sesv2.GetEmailIdentity"] = AwsError("NotFoundException", status=404)
    (found,) = check_identity(ROUTE, account.clients("sesv2", REGION))
    assert found.severity is Severity.MISSING


def lines(*without: tuple[str, str], **instead: list[str]) -> list[str]:
    there = {key: value for key, value in DNS.items() if key not in without}
    if "mx" in instead:
        there[ROUTE.mail_from, "MX"] = instead["mx"]
    return [f.message for f in check_dns(ROUTE, lambda name, kind: there.get((name, kind), []))]


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
    (own,) = lines((ROUTE.domain, "TXT"))
    assert own.startswith(f'{ROUTE.domain} lacks TXT "v=spf1')
    assert "SoftBank" in own
    (dmarc,) = lines((f"_dmarc.{ROUTE.domain}", "TXT"))
    assert "_dmarc" in dmarc
    (address,) = lines((ROUTE.domain, "A"))
    assert "docomo" in address


def test_an_mx_of_the_from_domain_will_do_in_place_of_an_a() -> None:
    there = {key: value for key, value in DNS.items() if key[1] != "A"}
    there[ROUTE.domain, "MX"] = ["10 mx.example.lg.jp."]
    assert list(check_dns(ROUTE, lambda name, kind: there.get((name, kind), []))) == []
