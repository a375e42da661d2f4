"""Before anything is made: is all there that only people can provide?

Each check is one question, and what cannot be asked is said. None changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from ops.deploy.choices import choices
from ops.deploy.cloud import in_a_line
from ops.deploy.finding import Finding, note
from ops.deploy.preflight import account, address, capacity, mail
from ops.deploy.preflight.ground import Check, Ground
from ops.deploy.sharing import shared

CHECKS = (
    Check("credentials", "sts:GetCallerIdentity", account.credentials),
    Check("regions", "ec2:DescribeRegions", account.regions),
    Check("certificate", "acm:DescribeCertificate", address.certificate),
    Check("zone", "route53:GetHostedZone", address.zone),
    Check("host name", "cloudformation:DescribeStacks, DNS", address.pointing),
    Check("SES", "ses:GetAccount", mail.accounts),
    Check(
        "sending domains",
        "cloudformation:DescribeStacks, ses:GetEmailIdentity, DNS",
        mail.domains,
    ),
    Check("Cognito quota", "servicequotas:ListServiceQuotas", capacity.cognito),
    Check(
        "Lambda quota",
        "cloudformation:DescribeStacks, lambda:GetAccountSettings",
        capacity.functions,
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
