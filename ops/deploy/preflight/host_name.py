"""The host name of the pages: certificate, zone, and where it points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.clients import code
from ops.check_result import Finding, missing, note, ok, stops
from ops.deploy.preflight.context import Ground

_SOON = timedelta(days=30)


def certificate(ground: Ground) -> Iterator[Finding]:
    """Whether the certificate is one for DomainName, here and now."""
    domain, arn = ground.parameters["DomainName"], ground.parameters["CertificateArn"]
    if not domain:
        return
    region = arn.split(":")[3]
    if region != ground.stage.region:
        # Told by choices.py, which needs no account.
        return
    try:
        read = ground.here("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        if code(error) != "ResourceNotFoundException":
            raise
        yield stops("certificate", f"ACM in {region} has no {arn}.")
        return
    yield certified(read, domain, ground.now)


def certified(read: Mapping[str, Any], domain: str, now: datetime) -> Finding:
    """Whether what ACM says of a certificate is enough for ``domain``."""
    names = [read["DomainName"], *read.get("SubjectAlternativeNames", [])]
    if read["Status"] != "ISSUED":
        hint = " Publish its validation records." if read["Status"] == "PENDING_VALIDATION" else ""
        return stops("certificate", f"It is {read['Status']}, not ISSUED.{hint}")
    if not any(covers(name, domain) for name in names):
        return stops("certificate", f"It is for {', '.join(names)}, not for {domain}.")
    ends = read["NotAfter"]
    if ends <= now:
        return stops("certificate", f"It expired on {ends:%Y-%m-%d}.")
    if ends - now < _SOON:
        return note(
            "certificate",
            f"It expires on {ends:%Y-%m-%d}. ACM renews its own as long as the validation records"
            " are in the DNS; an imported one must be imported anew.",
        )
    return ok("certificate", f"for {domain}, until {ends:%Y-%m-%d}")


def covers(name: str, domain: str) -> bool:
    """Whether a certificate's name stands for ``domain``; a wildcard for one label (RFC 6125)."""
    if name.startswith("*."):
        return domain.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == domain.lower()


def zone(ground: Ground) -> Iterator[Finding]:
    """Whether DomainName belongs into the zone that was named."""
    domain, number = ground.parameters["DomainName"], ground.parameters["HostedZoneId"]
    if not domain or not number:
        return
    try:
        read = ground.here("route53").get_hosted_zone(Id=number)["HostedZone"]
    except ClientError as error:
        if code(error) != "NoSuchHostedZone":
            raise
        yield stops("zone", f"Route 53 has no zone {number} in this account.")
        return
    name = read["Name"].rstrip(".")
    if read.get("Config", {}).get("PrivateZone"):
        yield stops("zone", f"{name} ({number}) is a private zone: applicants cannot see it.")
    elif domain != name and not domain.endswith(f".{name}"):
        yield stops("zone", f"{number} is the zone of {name}; {domain} is not in it.")
    else:
        yield ok("zone", f"{domain} is in {name}")


def pointing(ground: Ground) -> Iterator[Finding]:
    """Whether DomainName leads somewhere, where the record is ours to publish by hand."""
    domain = ground.parameters["DomainName"]
    if not domain or ground.parameters["HostedZoneId"]:
        return
    target = ground.service.outputs.get("DomainTarget") if ground.service else None
    if target is None:
        yield note("DNS", f"What {domain} must point to is told after the first deployment.")
    elif ground.lookup(domain, "A"):
        yield ok("DNS", f"{domain} leads to an address")
    else:
        yield missing("DNS", f"Publish: {domain} CNAME {target}")
