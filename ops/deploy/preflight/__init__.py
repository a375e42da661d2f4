"""Preflight: checks of the account, SES, the DNS and quotas before anything is deployed.

None changes anything. A check that cannot be made is a note that says why.
"""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from ops import ROOT
from ops.aws.errors import describe_error
from ops.check_result import CheckResult, note
from ops.deploy.list_age import check_list_age, suffix_list_date
from ops.deploy.preflight import account, host_name, quotas, ses
from ops.deploy.preflight.context import PreflightCheck, PreflightContext
from ops.deploy.settings_checks import check_settings
from ops.route_overlap import check_route_overlap

CHECKS = (
    PreflightCheck("credentials", "sts:GetCallerIdentity", account.credentials),
    PreflightCheck("regions", "ec2:DescribeRegions", account.regions),
    PreflightCheck("certificate", "acm:DescribeCertificate", host_name.certificate),
    PreflightCheck("zone", "route53:GetHostedZone", host_name.hosted_zone),
    PreflightCheck("host name", "cloudformation:DescribeStacks, DNS", host_name.dns_record),
    PreflightCheck("SES", "ses:GetAccount", ses.ses_accounts),
    PreflightCheck(
        "sending domains",
        "cloudformation:DescribeStacks, ses:GetEmailIdentity, DNS",
        ses.sending_domains,
    ),
    PreflightCheck("Cognito quota", "servicequotas:ListServiceQuotas", quotas.cognito_quota),
    PreflightCheck(
        "Lambda quota",
        "cloudformation:DescribeStacks, lambda:GetAccountSettings",
        quotas.lambda_quota,
    ),
)


def preflight(context: PreflightContext) -> Iterator[CheckResult]:
    """Run every check. One that AWS or the DNS does not answer is a note that says why."""
    yield from check_settings(context.stage)
    yield from check_route_overlap(context.stage.routes)
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    yield from check_list_age(suffix_list_date(requirements), context.now.date())
    for check in CHECKS:
        try:
            yield from check.run(context)
        except (BotoCoreError, ClientError, OSError) as error:
            yield note(check.subject, f"Could not be asked: {describe_error(error)}")
