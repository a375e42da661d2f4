"""What a stage that applicants depend on should have chosen, and where its data would be."""

from __future__ import annotations

from collections.abc import Iterator

from ops.check_result import Finding, missing, note, ok, stops
from ops.stage.settings import Stage

IN_JAPAN = frozenset({"ap-northeast-1", "ap-northeast-3"})
_NEEDED = {
    "DomainName": "the pages would be at an address of API Gateway's that nobody trusts",
    "HelpContact": "the pages could not say whom to call",
    "OperatorsEmail": "alarms and the budget's warnings would reach nobody",
}


def choices(stage: Stage) -> Iterator[Finding]:
    """What is not chosen and ought to be. It needs no account."""
    for name, without in _NEEDED.items():
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
    abroad = sorted(set(regions) - IN_JAPAN)
    if abroad:
        yield note(
            "country",
            f"{', '.join(abroad)}: applicants' data or mails leave Japan. Tokyo is ap-northeast-1,"
            " Osaka ap-northeast-3.",
        )
    else:
        yield ok("country", "all regions are in Japan")
