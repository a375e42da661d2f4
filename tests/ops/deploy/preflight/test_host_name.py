"""The host name of the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ops.check_result import Mark
from ops.deploy.preflight.context import Ground
from ops.deploy.preflight.host_name import certificate, certified, covers, pointing, zone
from ops.deploy.settings_checks import choices
from tests.ops.conftest import OTHER, REGION
from tests.ops.fake_account import Account, Fault
from tests.ops.fake_cloudformation import NOW, Formation

DOMAIN = "entry.example.lg.jp"
ARN = f"arn:aws:acm:{REGION}:123456789012:certificate/1"
NAMED = {"DomainName": DOMAIN, "CertificateArn": ARN}
GOOD = {
    "Status": "ISSUED",
    "DomainName": "example.lg.jp",
    "SubjectAlternativeNames": ["*.example.lg.jp"],
    "NotAfter": NOW + timedelta(days=30),
}
Make = Callable[..., Ground]


def test_a_certificate_that_fits_is_well(account: Account, ground: Make) -> None:
    account.answers["acm.DescribeCertificate"] = {"Certificate": GOOD}
    (found,) = certificate(ground(**NAMED))
    assert found.mark is Mark.OK


def test_one_of_another_region_is_missing_and_not_asked_for(account: Account, ground: Make) -> None:
    elsewhere = ground(DomainName=DOMAIN, CertificateArn=ARN.replace(REGION, OTHER))
    assert list(certificate(elsewhere)) == []
    (found,) = (it for it in choices(elsewhere.stage) if it.about == "certificate")
    assert found.mark is Mark.STOPS
    assert OTHER in found.line
    assert account.calls == []


def test_one_that_is_not_there_is_missing(account: Account, ground: Make) -> None:
    account.answers["acm.DescribeCertificate"] = Fault("ResourceNotFoundException")
    (found,) = certificate(ground(**NAMED))
    assert found.mark is Mark.STOPS


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"Status": "PENDING_VALIDATION"}, Mark.STOPS),
        ({"Status": "EXPIRED"}, Mark.STOPS),
        ({"SubjectAlternativeNames": []}, Mark.STOPS),
        ({"NotAfter": NOW + timedelta(days=30)}, Mark.OK),
        ({"NotAfter": NOW + timedelta(days=30, seconds=-1)}, Mark.NOTE),
        ({"NotAfter": NOW + timedelta(seconds=1)}, Mark.NOTE),
        ({"NotAfter": NOW}, Mark.STOPS),
    ],
)
def test_what_a_certificate_must_be(change: dict[str, Any], mark: Mark) -> None:
    assert certified({**GOOD, **change}, DOMAIN, NOW).mark is mark


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
    assert covers(name, DOMAIN) is covered


def test_without_a_host_name_nothing_is_asked(account: Account, ground: Make) -> None:
    assert [*certificate(ground()), *zone(ground()), *pointing(ground())] == []
    assert account.calls == []


@pytest.mark.parametrize(
    ("told", "mark"),
    [
        ({"Name": "example.lg.jp."}, Mark.OK),
        ({"Name": "entry.example.lg.jp."}, Mark.OK),
        ({"Name": "try.example.lg.jp."}, Mark.STOPS),
        ({"Name": "y.example.lg.jp."}, Mark.STOPS),
        ({"Name": "example.lg.jp.", "Config": {"PrivateZone": True}}, Mark.STOPS),
        (None, Mark.STOPS),
    ],
)
def test_the_zone_must_hold_the_name(
    account: Account, ground: Make, told: dict[str, Any] | None, mark: Mark
) -> None:
    read = {"HostedZone": {"Id": "Z1", "CallerReference": "x", **(told or {})}}
    account.answers["route53.GetHostedZone"] = read if told else Fault("NoSuchHostedZone")
    (found,) = zone(ground(**NAMED, HostedZoneId="Z1"))
    assert found.mark is mark


def test_what_the_name_points_to_is_known_after_the_first_deployment(ground: Make) -> None:
    (found,) = pointing(ground(**NAMED))
    assert found.mark is Mark.NOTE


def test_a_name_that_leads_nowhere_is_to_be_published(ground: Make, formation: Formation) -> None:
    formation.put("todoku-dev", REGION, "CREATE_COMPLETE", DomainName=DOMAIN)
    (found,) = pointing(ground(**NAMED))
    assert found.mark is Mark.MISSING
    assert f"{DOMAIN} CNAME d-1.execute-api.amazonaws.com" in found.line
    (found,) = pointing(ground(**NAMED, dns={(DOMAIN, "A"): ["203.0.113.1"]}))
    assert found.mark is Mark.OK
