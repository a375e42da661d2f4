"""Before anything is made: is all there that only people can provide?

Each check is one question, and what cannot be asked is said. None changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.clients import in_a_line
from ops.check_result import Finding, note
from ops.deploy.preflight import account, host_name, quotas, ses
from ops.deploy.preflight.context import Check, Ground
from ops.deploy.settings_checks import choices
from ops.route_overlap import shared

CHECKS = (
    Check("credentials", "sts:GetCallerIdentity", account.credentials),
    Check("regions", "ec2:DescribeRegions", account.regions),
    Check("certificate", "acm:DescribeCertificate", host_name.certificate),
    Check("zone", "route53:GetHostedZone", host_name.zone),
    Check("host name", "cloudformation:DescribeStacks, DNS", host_name.pointing),
    Check("SES", "ses:GetAccount", ses.accounts),
    Check(
        "sending domains",
        "cloudformation:DescribeStacks, ses:GetEmailIdentity, DNS",
        ses.domains,
    ),
    Check("Cognito quota", "servicequotas:ListServiceQuotas", quotas.cognito),
    Check(
        "Lambda quota",
        "cloudformation:DescribeStacks, lambda:GetAccountSettings",
        quotas.functions,
    ),
)


def preflight(ground: Ground) -> Iterator[Finding]:
    """Every finding. A check that AWS or the DNS does not answer is a note that says why."""
    yield from choices(ground.stage)
    yield from shared(ground.stage.routes)
    for check in CHECKS:
        try:
            yield from check.look(ground)
        except (BotoCoreError, ClientError, OSError) as error:
            yield note(check.about, f"Could not be asked: {in_a_line(error)}")
