"""Checks of a stage's settings that need no account: host name, certificate, country and others."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.identity.registrable_domain import cookie_domain
from chalicelib.identity.site import same_site
from chalicelib.origin import parse_origins
from ops.check_result import CheckResult, missing, note, ok, stops
from ops.stage.settings import Stage

JAPAN_REGIONS = frozenset({"ap-northeast-1", "ap-northeast-3"})
_RECOMMENDED = {
    "DomainName": "the pages would be at an address of API Gateway's that nobody trusts",
    "HelpContact": "the pages could not say whom to call",
    "OperatorName": "no page could say who runs the service",
    "PrivacyText": "the page about personal data could not say whose office answers",
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
    yield from _names_beside_cname(stage)
    yield from _origins_elsewhere(stage)
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


def _origins_elsewhere(stage: Stage) -> Iterator[CheckResult]:
    """Check for origins of another site, which browsers keep our cookie from."""
    host = stage.service.get("DomainName", "")
    origins = parse_origins(stage.service.get("Origins", ""))
    elsewhere = [it for it in origins if not (host and same_site(it, f"https://{host}"))]
    if not elsewhere:
        return
    site = f"of {host}" if host else "of API Gateway's own address, which is nobody's"
    needed = (
        f"Scripts need a host below {cookie_domain(host)}."
        if host
        else "For scripts, set DomainName to a host of the same registered domain."
    )
    yield note(
        "origins",
        f"{', '.join(elsewhere)}: not on the site {site}. Browsers keep our cookie from scripts"
        " there: fetch is refused (cross-site-fetch), a plain HTML form works, on a page whose"
        f" Referrer-Policy is neither no-referrer nor same-origin. {needed}",
    )


def _names_beside_cname(stage: Stage) -> Iterator[CheckResult]:
    """Check that no record of a route has the name of the pages' CNAME: RFC 1034 (3.6.2) allows
    no other data there. A zone's alias is an A record, beside which others may stand. The names
    of DKIM and DMARC have an underscore, which no DomainName has."""
    host = stage.service.get("DomainName", "")
    if not host or stage.service.get("HostedZoneId"):
        return
    for route in stage.routes:
        sender = f"{route.name.capitalize()}Sender"
        for name, what, records, remedy in (
            (route.domain, "From domain", "SPF record", f"Send from mail.{host} ({sender})"),
            (
                route.mail_from,
                "MAIL FROM domain",
                "MX and SPF records",
                f"Choose another MailFromDomain in [route.{route.name}]",
            ),
        ):
            if name == host:
                yield stops(
                    "host name",
                    f"{host} is DomainName and the {what} of the route {route.name}. Without"
                    f" HostedZoneId it gets a CNAME, and the DNS allows nothing beside one: the"
                    f" {records} could not be published. {remedy}, or let Route 53 have the zone"
                    " (HostedZoneId).",
                )
