"""All checks together: each stands alone, and none changes anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ops import ROOT
from ops.check_result import Severity, needing_action
from ops.deploy.preflight import CHECKS, preflight
from ops.deploy.preflight.context import PreflightContext
from ops.errors import CommandError
from ops.stage.settings import load_stage
from tests.ops.deploy.preflight.test_ses import GOOD
from tests.ops.fake_account import AwsError, FakeAccount


def good(account: FakeAccount) -> None:
    limits = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
    account.answers |= {
        "ec2.DescribeRegions": {},
        "sesv2.GetAccount": GOOD,
        "lambda.GetAccountSettings": {"AccountLimit": limits},
        "service-quotas.ListServiceQuotas": {
            "Quotas": [{"QuotaName": "Rate of UserCreation requests", "Value": 50.0}]
        },
    }


def test_an_account_that_has_everything_lacks_nothing(
    account: FakeAccount, context: Callable[..., PreflightContext]
) -> None:
    good(account)
    assert needing_action(preflight(context(routes=2))) == []


def test_a_check_that_cannot_be_asked_is_a_note_and_stops_no_other(
    account: FakeAccount, context: Callable[..., PreflightContext]
) -> None:
    good(account)
    account.answers["sesv2.GetAccount"] = AwsError("AccessDeniedException", "not you")
    found = list(preflight(context()))
    (ses,) = (result for result in found if result.subject == "SES")
    assert ses.severity is Severity.NOTE
    assert "may not GetAccount: not you" in ses.message
    assert found[-1].subject == "Lambda quota"


def test_what_a_check_asks_is_what_it_says_it_asks(
    account: FakeAccount, context: Callable[..., PreflightContext]
) -> None:
    good(account)
    for check in CHECKS:
        before = len(account.calls)
        list(check.run(context()))
        asked = {name.partition(".")[2] for name, _, _ in account.calls[before:]}
        assert all(f":{name}" in check.permissions for name in asked), check.subject


def test_looking_changes_nothing(
    account: FakeAccount, context: Callable[..., PreflightContext]
) -> None:
    good(account)
    list(preflight(context(routes=2)))
    verbs = {name.partition(".")[2] for name, _, _ in account.calls}
    assert all(verb.startswith(("Get", "List", "Describe")) for verb in verbs)


@pytest.mark.parametrize(
    "setting",
    [
        'DomainName = "https://entry.example.lg.jp/"',
        'DomainName = "entry.example.lg.jp"',
        'CertificateArn = "certificate"',
        'HostedZoneId = "/hostedzone/Z1"',
        "MailBudgetPerDay = 1e3",
        'MailBudgetPerDay = "many"',
        "ApiConcurrency = 8.5",
        "MailConcurrency = -1",
        'SecondSender = "no-reply"',
        'PrimaryRegion = "Tokyo"',
    ],
)
def test_a_setting_that_it_could_not_read_never_comes_so_far(setting: str, tmp_path: Path) -> None:
    settings = 'region = "ap-northeast-1"\nstack = "todoku-dev"\n[service]\n'
    sender = 'PrimarySender = "no-reply@entry.example.lg.jp"\n'
    (tmp_path / ".chalice" / "stages").mkdir(parents=True)
    shutil.copyfile(ROOT / ".chalice" / "config.json", tmp_path / ".chalice" / "config.json")
    file = tmp_path / ".chalice" / "stages" / "dev.toml"
    file.write_text(settings + sender)
    load_stage("dev", tmp_path, complete=True)
    file.write_text(settings + sender + setting)
    with pytest.raises(CommandError, match=r"dev\.toml: "):
        load_stage("dev", tmp_path, complete=True)
