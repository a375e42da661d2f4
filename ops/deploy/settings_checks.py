"""Checks of a stage's settings that need no account: what is recommended, certificate, country."""

from __future__ import annotations

from collections.abc import Iterator

from ops.check_result import CheckResult, missing, note, ok, stops
from ops.stage.settings import Stage

JAPAN_REGIONS = frozenset({"ap-northeast-1", "ap-northeast-3"})
_RECOMMENDED = {
    "DomainName": "the pages would be at an address of API Gateway's that nobody trusts",
    "HelpContact": "the pages could not say whom to call",
    "OperatorsEmail": "alarms and the budget's warnings would reach nobody",
}


def check_settings(stage: Stage) -> Iterator[CheckResult]:
    """Check for settings that are missing or cannot work."""
    for name, without in _RECOMMENDED.items():
        if stage.service.get(name):
            continue
        line = f"{name} is not set: {without}."
        yield missing("settings", line) if stage.protected else note("settings", line)
    certificate = stage.service.get("CertificateArn", "")
    if certificate and certificate.split(":")[3] != stage.region:
        yield stops(
            "certificate",
            f"CertificateArn is of {certificate.split(':')[3]}, the service is in {stage.region}: a"
            " regional endpoint takes a certificate of its own region only. Request one there.",
        )
    regions = [stage.region, *(route.region for route in stage.routes)]
    abroad = sorted(set(regions) - JAPAN_REGIONS)
    if abroad:
        yield note(
            "country",
            f"{', '.join(abroad)}: applicants' data or mails leave Japan. Tokyo is ap-northeast-1,"
            " Osaka ap-northeast-3.",
        )
    else:
        yield ok("country", "all regions are in Japan")
