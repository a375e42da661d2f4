"""The account: may it be used, and in these regions?"""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.clients import code
from ops.check_result import Finding, ok, stops
from ops.deploy.preflight.context import Ground

_NOT_ENABLED = {"AuthFailure", "OptInRequired", "UnrecognizedClientException"}


def number(ground: Ground) -> str:
    """The account's number. Raises what botocore raises."""
    return str(ground.here("sts").get_caller_identity()["Account"])


def credentials(ground: Ground) -> Iterator[Finding]:
    """Who AWS takes us for."""
    who = ground.here("sts").get_caller_identity()
    yield ok("credentials", f"account {who['Account']}, {who['Arn']}")


def regions(ground: Ground) -> Iterator[Finding]:
    """Whether the account may use the stage's regions. Each is asked itself: an organisation may
    forbid the others."""
    wanted = {ground.stage.region, *(route.region for route in ground.stage.routes)}
    for region in sorted(wanted):
        try:
            ground.clients("ec2", region).describe_regions(RegionNames=[region])
        except ClientError as error:
            if code(error) not in _NOT_ENABLED:
                raise
            yield stops(
                "region",
                f"{region} is not enabled for this account: Account settings, AWS Regions.",
            )
        except BotoCoreError as error:
            yield stops("region", f"{region} does not answer; is there such a region? {error}")
        else:
            yield ok("region", f"{region} is enabled")
