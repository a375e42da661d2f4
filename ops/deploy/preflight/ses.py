"""Preflight checks of SES: sending limits, identities, the DNS records of each route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.errors import error_code
from ops.check_result import CheckResult, missing, note, ok
from ops.deploy.preflight.context import PreflightContext
from ops.deploy.preflight.new_identities import (
    check_left_behind,
    check_new_identity,
    makes_identity,
)
from ops.dns_records import DnsLookup
from ops.planned_load import SIGN_UPS_PER_SECOND
from ops.spf import spf_error
from ops.stage.settings import Route


def ses_accounts(context: PreflightContext) -> Iterator[CheckResult]:
    """Check SES's account in each route's region, once for each region."""
    for region in dict.fromkeys(route.region for route in context.stage.routes):
        read = context.clients("sesv2", region).get_account()
        budget = int(context.parameters["MailBudgetPerDay"])
        yield from check_sending_limits(read, budget, region, strict=context.stage.protected)


def check_sending_limits(
    read: Mapping[str, Any], budget: int, region: str, *, strict: bool
) -> Iterator[CheckResult]:
    """Check what SES allows the account in ``region`` against ``budget`` mails a day.

    ``strict``: applicants depend on it. A stage for trying out may live in the sandbox.
    """
    subject = f"SES {region}"
    if not read.get("SendingEnabled", False) or read.get("EnforcementStatus") == "SHUTDOWN":
        yield missing(subject, "Sending is paused by AWS: see the SES console, Account dashboard.")
    elif read.get("EnforcementStatus") == "PROBATION":
        yield note(subject, "SES has the account under review (bounces or complaints): see there.")
    if not read.get("ProductionAccessEnabled", False):
        line = (
            "The account is in the sandbox here: mail goes to verified addresses and to the"
            " simulator only. Ask to leave it: SES console, Account dashboard, Request production"
            " access (about a day). Let its wizard make no identity: the route's stack does."
        )
        yield missing(subject, line) if strict else note(subject, line)
        return
    quota = read["SendQuota"]
    day, second = quota["Max24HourSend"], quota["MaxSendRate"]
    # -1 is SES's word for no limit.
    if 0 <= day < budget:
        yield missing(
            subject,
            f"{day:,.0f} mails a day are allowed, MailBudgetPerDay is {budget:,}: ask for more"
            " (Service Quotas, Amazon SES), or lower it.",
        )
    elif second < SIGN_UPS_PER_SECOND:
        yield note(
            subject,
            f"{day:,.0f} mails a day, {second:g} a second: a rush is paced to {second * 60:,.0f} a"
            f" minute, where the rest bears {SIGN_UPS_PER_SECOND * 60:,}. More: Service Quotas,"
            " Amazon SES.",
        )
    else:
        yield ok(subject, f"{day:,.0f} mails a day, {second:g} a second")


def sending_domains(context: PreflightContext) -> Iterator[CheckResult]:
    """Check that SES and receivers find the DNS records of each route whose stack exists."""
    for route in context.stage.routes:
        if makes_identity(route, context):
            yield from check_new_identity(route, context)
            continue
        yield from check_identity(route, context.clients("sesv2", route.region))
        yield from check_dns(route, context.lookup)
    yield from check_left_behind(context)


def check_identity(route: Route, ses: Any) -> Iterator[CheckResult]:
    """Check that SES has verified the route's identity: DKIM and MAIL FROM."""
    subject = f"SES {route.name}"
    try:
        read = ses.get_email_identity(EmailIdentity=route.domain)
    except ClientError as error:
        if error_code(error) != "NotFoundException":
            raise
        yield missing(subject, f"SES has no identity {route.domain} in {route.region}.")
        return
    dkim = read.get("DkimAttributes", {}).get("Status")
    bounces = read.get("MailFromAttributes", {}).get("MailFromDomainStatus")
    for what, status in (("DKIM", dkim), ("MAIL FROM", bounces)):
        if status == "SUCCESS":
            yield ok(subject, f"{what} of {route.domain} is verified")
        else:
            yield missing(
                subject,
                f"{what} of {route.domain} is {status}: publish what is in the route's zone file;"
                " SES looks again for three days.",
            )


def check_dns(route: Route, lookup: DnsLookup) -> Iterator[CheckResult]:
    """Check the DNS for what receivers ask for, beyond what SES itself verifies."""
    subject = f"DNS {route.name}"
    wanted = f"10 feedback-smtp.{route.region}.amazonses.com."
    exchanges = [value.lower() for value in lookup(route.mail_from, "MX")]
    if exchanges != [wanted]:
        yield missing(
            subject,
            f"{route.mail_from} must have exactly one MX, {wanted} It has"
            f" {', '.join(exchanges) or 'none'}.",
        )
    if error := spf_error(route.mail_from, lookup(route.mail_from, "TXT")):
        yield missing(subject, error)
    if error := spf_error(route.domain, lookup(route.domain, "TXT")):
        yield missing(subject, f"{error} docomo and SoftBank look at the From domain's.")
    policies = lookup(f"_dmarc.{route.domain}", "TXT")
    if not any(text.lower().startswith("v=dmarc1") for text in policies):
        yield missing(subject, f"_dmarc.{route.domain} lacks its TXT record: docomo warns without.")
    if not any(lookup(route.domain, kind) for kind in ("A", "MX")):
        yield missing(
            subject,
            f"{route.domain} has neither an A nor an MX record: docomo refuses its mail.",
        )
