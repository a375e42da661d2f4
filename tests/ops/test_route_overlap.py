"""What two sending routes share."""

from __future__ import annotations

from ops.check_result import Severity
from ops.route_overlap import check_route_overlap
from ops.stage.settings import Route


def route(
    name: str, domain: str, region: str = "ap-northeast-1", mail_from: str | None = None
) -> Route:
    parameters = {"Domain": domain, "MailFromDomain": mail_from or f"bounce-{name}.{domain}"}
    return Route(name, f"todoku-{name}", region, parameters)


def marks(*routes: Route) -> dict[str, Severity]:
    return {result.subject: result.severity for result in check_route_overlap(routes)}


def test_two_routes_that_share_nothing_are_well() -> None:
    one = route("primary", "entry.example.lg.jp")
    other = route("second", "entry-mail.example.jp", "ap-northeast-3")
    assert marks(one, other) == {
        "From domain": Severity.OK,
        "DKIM domain": Severity.OK,
        "MAIL FROM": Severity.OK,
        "region": Severity.OK,
    }


def test_two_names_under_one_registered_domain_are_worth_a_note() -> None:
    one = route("primary", "entry.example.lg.jp")
    other = route("second", "entry-mail.example.lg.jp", "ap-northeast-3")
    found = {result.subject: result for result in check_route_overlap([one, other])}
    assert found["From domain"].severity is Severity.NOTE
    assert "under example.lg.jp" in found["From domain"].message
    assert found["DKIM domain"].severity is Severity.OK


def test_one_from_domain_has_one_reputation() -> None:
    one = route("primary", "entry.example.lg.jp")
    other = route("second", "entry.example.lg.jp", "ap-northeast-3")
    found = {result.subject: result for result in check_route_overlap([one, other])}
    assert found["From domain"].severity is found["DKIM domain"].severity is Severity.NOTE
    assert "reputation" in found["From domain"].message
    assert "d=entry.example.lg.jp" in found["DKIM domain"].message
    assert "identity" not in found


def test_one_mail_from_for_two_routes_cannot_be() -> None:
    one = route("primary", "a.example.jp", mail_from="bounce.example.jp")
    other = route("second", "b.example.jp", "ap-northeast-3", "bounce.example.jp")
    assert marks(one, other)["MAIL FROM"] is Severity.STOPS


def test_one_region_is_one_outage_and_one_quota() -> None:
    one, other = route("primary", "a.example.jp"), route("second", "b.example.org")
    assert marks(one, other)["region"] is Severity.NOTE


def test_one_identity_cannot_belong_to_two_stacks() -> None:
    one, other = route("primary", "a.example.jp"), route("second", "a.example.jp")
    assert marks(one, other)["identity"] is Severity.STOPS


def test_a_single_route_cannot_be_routed_around() -> None:
    assert marks(route("primary", "a.example.jp")) == {"routes": Severity.NOTE}


def test_no_route_at_all_is_no_service() -> None:
    assert marks() == {"routes": Severity.STOPS}
