"""What a stage that applicants depend on should have chosen, and what the DNS could not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from cloudformation.template import Template
from ops.check_result import CheckResult, Severity
from ops.deploy.settings_checks import check_settings
from ops.dns_records import parse_zone_file
from ops.stage.parameters import parameter_errors
from ops.stage.settings import Stage
from tests.ops.conftest import zone_file

CHOSEN = {
    "DomainName": "apply.example.lg.jp",
    "HelpContact": "0120-000-000",
    "OperatorName": '{"ja": "教育委員会"}',
    "PrivacyText": '{"ja": "教育委員会高校教育課にお問い合わせください。"}',
    "OperatorsEmail": "operators@example.lg.jp",
}
CERTIFICATE = (
    "arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
)
Make = Callable[..., Stage]


def marks(results: Iterable[CheckResult]) -> set[Severity]:
    return {result.severity for result in results}


def test_a_stage_that_has_chosen_all_is_well(stage: Make) -> None:
    assert marks(check_settings(stage(Protected="true", routes=2, **CHOSEN))) == {Severity.OK}


@pytest.mark.parametrize("name", CHOSEN)
def test_what_a_protected_stage_has_not_chosen_is_missing(stage: Make, name: str) -> None:
    rest = {key: value for key, value in CHOSEN.items() if key != name}
    found = [
        it
        for it in check_settings(stage(Protected="true", **rest))
        if it.severity is not Severity.OK
    ]
    assert [it.severity for it in found] == [Severity.MISSING]
    assert found[0].message.startswith(f"{name} is not set")
    tried_out = [
        it
        for it in check_settings(stage(Protected="false", **rest))
        if it.severity is not Severity.OK
    ]
    assert [it.severity for it in tried_out] == [Severity.NOTE]


def test_a_region_abroad_is_told(stage: Make) -> None:
    here = stage(routes=2, **CHOSEN)
    primary, second = here.routes
    abroad = replace(here, routes=(primary, replace(second, region="us-east-1")))
    (found,) = (it for it in check_settings(abroad) if it.severity is Severity.NOTE)
    assert found.message.startswith("us-east-1: ")


def about_origins(stage: Stage) -> list[CheckResult]:
    return [it for it in check_settings(stage) if it.subject == "origins"]


def test_an_origin_of_another_site_is_told_with_what_works_from_there(stage: Make) -> None:
    origins = "https://www.example.lg.jp,https://www.board.example,https://forms.example.com"
    (found,) = about_origins(stage(Origins=origins, **CHOSEN))
    assert found.severity is Severity.NOTE
    assert found.message.startswith("https://www.board.example, https://forms.example.com: ")
    assert "plain HTML form" in found.message
    assert "neither no-referrer nor same-origin" in found.message
    assert "a host below example.lg.jp" in found.message


def test_origins_of_the_same_site_need_no_word(stage: Make) -> None:
    origins = "https://www.example.lg.jp,https://form.example.lg.jp:8443"
    assert about_origins(stage(Origins=origins, **CHOSEN)) == []
    assert about_origins(stage(**CHOSEN)) == []


def test_two_customers_of_one_hosting_service_are_two_sites(stage: Make) -> None:
    chosen = CHOSEN | {"DomainName": "entry.github.io"}
    (found,) = about_origins(stage(Origins="https://board.github.io", **chosen))
    assert found.message.startswith("https://board.github.io: not on the site of entry.github.io.")
    assert "a host below entry.github.io" in found.message
    assert about_origins(stage(Origins="https://form.entry.github.io", **chosen)) == []


def test_at_api_gateways_own_address_every_origin_is_of_another_site(stage: Make) -> None:
    (found,) = about_origins(stage(Origins="https://www.example.lg.jp"))
    assert "set DomainName to a host of the same registered domain" in found.message


def stopping(stage: Stage) -> list[CheckResult]:
    return [it for it in check_settings(stage) if it.severity is Severity.STOPS]


def possible_host_names(stage: Stage) -> set[str]:
    """The names in the zone files of a stage's routes that DomainName can have at all."""
    records = [
        record
        for route in stage.routes
        for record in parse_zone_file(
            zone_file(route.region, {**route.parameters, "RecordEventsArn": "arn"})
        )
    ]
    names = {record.name for record in records}
    assert any("_domainkey" in name for name in names)
    chosen = {**stage.service, "CertificateArn": CERTIFICATE}
    return {
        name
        for name in names
        if not list(
            parameter_errors(Template.read(), {**chosen, "DomainName": name}, complete=True)
        )
    }


def test_no_name_of_a_zone_file_can_be_a_host_name_with_a_cname(stage: Make) -> None:
    names = possible_host_names(stage(routes=2))
    assert len(names) == 4, "From and MAIL FROM domain of two routes"
    for name in names:
        (found,) = stopping(stage(routes=2, DomainName=name))
        assert found.message.startswith(f"{name} is DomainName and the ")
        assert "HostedZoneId" in found.message
        assert stopping(stage(routes=2, DomainName=f"pages.{name}")) == []


def test_an_alias_in_a_hosted_zone_stands_beside_other_records(stage: Make) -> None:
    both = stage(routes=2)
    for name in possible_host_names(both):
        assert stopping(stage(routes=2, DomainName=name, HostedZoneId="Z1")) == []


def test_the_setting_to_change_is_named(stage: Make) -> None:
    one, other = (
        stopping(stage(routes=2, DomainName=name))[0].message
        for name in ("entry-mail.example.jp", "bounce.entry-mail.example.jp")
    )
    assert "Send from mail.entry-mail.example.jp (SecondSender)" in one
    assert "another MailFromDomain in [route.second]" in other
