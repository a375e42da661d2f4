"""Preflight checks of the pages' host name: its certificate, hosted zone and DNS record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.errors import error_code
from ops.check_result import CheckResult, missing, note, ok, stops
from ops.deploy.preflight.context import PreflightContext

_EXPIRES_SOON = timedelta(days=30)


def certificate(context: PreflightContext) -> Iterator[CheckResult]:
    """Check that the certificate exists, in this region, and is valid for DomainName."""
    domain, arn = context.parameters["DomainName"], context.parameters["CertificateArn"]
    if not domain:
        return
    region = arn.split(":")[3]
    if region != context.stage.region:
        # Told by settings_checks.py, which needs no account.
        return
    try:
        read = context.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        yield stops("certificate", f"ACM in {region} has no {arn}.")
        return
    yield check_certificate(read, domain, context.now)


def check_certificate(read: Mapping[str, Any], domain: str, now: datetime) -> CheckResult:
    """Check that a certificate, as ACM describes it, is valid for ``domain``."""
    names = [read["DomainName"], *read.get("SubjectAlternativeNames", [])]
    if read["Status"] != "ISSUED":
        hint = " Publish its validation records." if read["Status"] == "PENDING_VALIDATION" else ""
        return stops("certificate", f"It is {read['Status']}, not ISSUED.{hint}")
    if not any(name_matches(name, domain) for name in names):
        return stops("certificate", f"It is for {', '.join(names)}, not for {domain}.")
    ends = read["NotAfter"]
    if ends <= now:
        return stops("certificate", f"It expired on {ends:%Y-%m-%d}.")
    if ends - now < _EXPIRES_SOON:
        return note(
            "certificate",
            f"It expires on {ends:%Y-%m-%d}. ACM renews its own as long as the validation records"
            " are in the DNS; an imported one must be imported anew.",
        )
    return ok("certificate", f"for {domain}, until {ends:%Y-%m-%d}")


def name_matches(name: str, domain: str) -> bool:
    """Whether a certificate's name matches ``domain``; a wildcard, one label (RFC 6125)."""
    if name.startswith("*."):
        return domain.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == domain.lower()


def hosted_zone(context: PreflightContext) -> Iterator[CheckResult]:
    """Check that DomainName is in the hosted zone of the settings."""
    domain, number = context.parameters["DomainName"], context.parameters["HostedZoneId"]
    if not domain or not number:
        return
    try:
        read = context.client("route53").get_hosted_zone(Id=number)["HostedZone"]
    except ClientError as error:
        if error_code(error) != "NoSuchHostedZone":
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


def dns_record(context: PreflightContext) -> Iterator[CheckResult]:
    """Check that DomainName resolves, where its record is published by hand."""
    domain = context.parameters["DomainName"]
    if not domain or context.parameters["HostedZoneId"]:
        return
    target = context.service_stack.outputs.get("DomainTarget") if context.service_stack else None
    if target is None:
        yield note("DNS", f"What {domain} must point to is told after the first deployment.")
    elif context.lookup(domain, "A"):
        yield ok("DNS", f"{domain} leads to an address")
    else:
        yield missing("DNS", f"Publish: {domain} CNAME {target}")
