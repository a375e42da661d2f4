"""The overlap of sending routes: what two of them share fails for both at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from chalicelib.identity.registrable_domain import registrable_domain
from ops.check_result import CheckResult, note, ok, stops
from ops.stage.settings import Route


def check_route_overlap(routes: Sequence[Route]) -> Iterator[CheckResult]:
    """Check From domain, DKIM domain, MAIL FROM and region of each two routes for overlap.
    It needs no account."""
    if not routes:
        yield stops("routes", "No sender is given: set PrimarySender in the stage's settings.")
    elif len(routes) == 1:
        yield note(
            "routes",
            "There is one route. A provider that goes silent can then only be told to applicants,"
            " not routed around: set SecondSender, in another domain and region.",
        )
    for one, other in combinations(routes, 2):
        yield _from_domain(one, other)
        yield _dkim_domain(one, other)
        yield _mail_from(one, other)
        yield _region(one, other)
        if (one.domain, one.region) == (other.domain, other.region):
            yield stops(
                "identity",
                f"SES has one identity {one.domain} in {one.region}, and two stacks cannot both"
                " make it: give the second route another From domain or another region.",
            )


def _from_domain(one: Route, other: Route) -> CheckResult:
    if one.domain == other.domain:
        return note(
            "From domain",
            f"Both routes send as {one.domain}. Receivers judge the domain first: changing the"
            " route then changes the sending addresses, but takes the domain's reputation along.",
        )
    parent = registrable_domain(one.domain)
    if parent == registrable_domain(other.domain):
        return note(
            "From domain",
            f"{one.domain} and {other.domain} are both under {parent}. Receivers that judge the"
            " registered domain hold the one's misfortune against the other.",
        )
    return ok("From domain", f"{one.domain} and {other.domain} have nothing in common.")


def _dkim_domain(one: Route, other: Route) -> CheckResult:
    # Easy DKIM signs with d= the identity, and the identity is the From domain.
    if one.domain == other.domain:
        return note(
            "DKIM domain",
            f"Both routes sign with d={one.domain} (each with keys of its own). Gmail counts spam"
            " by this domain: what one route sent is counted against both.",
        )
    return ok("DKIM domain", f"d={one.domain} and d={other.domain}: counted apart.")


def _mail_from(one: Route, other: Route) -> CheckResult:
    if one.mail_from == other.mail_from:
        return stops(
            "MAIL FROM",
            f"Both routes have {one.mail_from}. It may have one MX and that names one region, so"
            " SES would refuse to send by one of them: give each a MailFromDomain of its own.",
        )
    return ok("MAIL FROM", f"{one.mail_from} and {other.mail_from}: each has its own MX and SPF.")


def _region(one: Route, other: Route) -> CheckResult:
    if one.region == other.region:
        return note(
            "region",
            f"Both routes are in {one.region}. One outage, or SES pausing the account there after"
            " bounces, stops both, and they share one quota and its sending addresses.",
        )
    return ok(
        "region", f"{one.region} and {other.region}: quota, pausing and outages are each one's own."
    )
