"""The host name of the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ops.check_result import Severity
from ops.deploy.preflight.context import PreflightContext
from ops.deploy.preflight.host_name import (
    certificate,
    check_certificate,
    dns_record,
    hosted_zone,
    name_matches,
)
from ops.deploy.settings_checks import check_settings
from tests.ops.conftest import OTHER, REGION
from tests.ops.fake_account import AwsError, FakeAccount
from tests.ops.fake_cloudformation import NOW, FakeCloudFormation

DOMAIN = "entry.example.lg.jp"
ARN = f"arn:aws:acm:{REGION}:123456789012:certificate/1"
NAMED = {"DomainName": DOMAIN, "CertificateArn": ARN}
GOOD = {
    "Status": "ISSUED",
    "DomainName": "example.lg.jp",
    "SubjectAlternativeNames": ["*.example.lg.jp"],
    "NotAfter": NOW + timedelta(days=30),
}
Make = Callable[..., PreflightContext]


def test_a_certificate_that_fits_is_well(account: FakeAccount, context: Make) -> None:
    account.answers["acm.DescribeCertificate"] = {"Certificate": GOOD}
    (found,) = certificate(context(**NAMED))
    assert found.severity is Severity.OK


def test_one_of_another_region_is_missing_and_not_asked_for(
    account: FakeAccount, context: Make
) -> None:
    elsewhere = context(DomainName=DOMAIN, CertificateArn=ARN.replace(REGION, OTHER))
    assert list(certificate(elsewhere)) == []
    (found,) = (it for it in check_settings(elsewhere.stage) if it.subject == "certificate")
    assert found.severity is Severity.STOPS
    assert OTHER in found.message
    assert account.calls == []


def test_one_that_is_not_there_is_missing(account: FakeAccount, context: Make) -> None:
    account.answers["acm.DescribeCertificate"] = AwsError("ResourceNotFoundException")
    (found,) = certificate(context(**NAMED))
    assert found.severity is Severity.STOPS


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"Status": "PENDING_VALIDATION"}, Severity.STOPS),
        ({"Status": "EXPIRED"}, Severity.STOPS),
        ({"SubjectAlternativeNames": []}, Severity.STOPS),
        ({"NotAfter": NOW + timedelta(days=30)}, Severity.OK),
        ({"NotAfter": NOW + timedelta(days=30, seconds=-1)}, Severity.NOTE),
        ({"NotAfter": NOW + timedelta(seconds=1)}, Severity.NOTE),
        ({"NotAfter": NOW}, Severity.STOPS),
    ],
)
def test_what_a_certificate_must_be(change: dict[str, Any], mark: Severity) -> None:
    assert check_certificate({**GOOD, **change}, DOMAIN, NOW).severity is mark


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("entry.example.lg.jp", True),
        ("ENTRY.example.lg.jp", True),
        ("*.example.lg.jp", True),
        ("*.lg.jp", False),
        ("example.lg.jp", False),
        ("*.entry.example.lg.jp", False),
    ],
)
def test_a_wildcard_stands_for_one_label(name: str, covered: bool) -> None:
    assert name_matches(name, DOMAIN) is covered


def test_without_a_host_name_nothing_is_asked(account: FakeAccount, context: Make) -> None:
    assert [*certificate(context()), *hosted_zone(context()), *dns_record(context())] == []
    assert account.calls == []


@pytest.mark.parametrize(
    ("told", "mark"),
    [
        ({"Name": "example.lg.jp."}, Severity.OK),
        ({"Name": "entry.example.lg.jp."}, Severity.OK),
        ({"Name": "try.example.lg.jp."}, Severity.STOPS),
        ({"Name": "y.example.lg.jp."}, Severity.STOPS),
        ({"Name": "example.lg.jp.", "Config": {"PrivateZone": True}}, Severity.STOPS),
        (None, Severity.STOPS),
    ],
)
def test_the_zone_must_hold_the_name(
    account: FakeAccount, context: Make, told: dict[str, Any] | None, mark: Severity
) -> None:
    read = {"HostedZone": {"Id": "Z1", "CallerReference": "x", **(told or {})}}
    account.answers["route53.GetHostedZone"] = read if told else AwsError("NoSuchHostedZone")
    (found,) = hosted_zone(context(**NAMED, HostedZoneId="Z1"))
    assert found.severity is mark


def test_what_the_name_points_to_is_known_after_the_first_deployment(context: Make) -> None:
    (found,) = dns_record(context(**NAMED))
    assert found.severity is Severity.NOTE


def test_a_name_that_leads_nowhere_is_to_be_published(
    context: Make, formation: FakeCloudFormation
) -> None:
    formation.put("todoku-dev", REGION, "CREATE_COMPLETE", DomainName=DOMAIN)
    (found,) = dns_record(context(**NAMED))
    assert found.severity is Severity.MISSING
    assert f"{DOMAIN} CNAME d-1.execute-api.amazonaws.com" in found.message
    (found,) = dns_record(context(**NAMED, dns={(DOMAIN, "A"): ["203.0.113.1"]}))
    assert found.severity is Severity.OK
