"""Preflight checks of the account: its credentials and regions."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.errors import error_code
from ops.check_result import CheckResult, ok, stops
from ops.deploy.preflight.context import PreflightContext

_NOT_ENABLED = {"AuthFailure", "OptInRequired", "UnrecognizedClientException"}


def account_id(context: PreflightContext) -> str:
    """The account's id. Raises what botocore raises."""
    return str(context.client("sts").get_caller_identity()["Account"])


def credentials(context: PreflightContext) -> Iterator[CheckResult]:
    """Tell the identity of the credentials."""
    who = context.client("sts").get_caller_identity()
    yield ok("credentials", f"account {who['Account']}, {who['Arn']}")


def regions(context: PreflightContext) -> Iterator[CheckResult]:
    """Check that the stage's regions are enabled. Each is asked itself: an organisation may
    forbid the others."""
    wanted = {context.stage.region, *(route.region for route in context.stage.routes)}
    for region in sorted(wanted):
        try:
            context.clients("ec2", region).describe_regions(RegionNames=[region])
        except ClientError as error:
            if error_code(error) not in _NOT_ENABLED:
                raise
            yield stops(
                "region",
                f"{region} is not enabled for this account: Account settings, AWS Regions.",
            )
        except BotoCoreError as error:
            yield stops("region", f"{region} does not answer; is there such a region? {error}")
        else:
            yield ok("region", f"{region} is enabled")
