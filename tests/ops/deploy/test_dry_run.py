"""``--dry-run``: all of a deployment that needs no account, and no call to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ops.deploy.dry_run import dry_run
from ops.deploy.preflight import CHECKS
from ops.package import Package
from ops.stage.settings import Stage
from tests.ops.conftest import OTHER, REGION, Person

Make = Callable[..., Stage]


def test_it_shows_what_would_be_given_and_asked(package: Package, stage: Make) -> None:
    person = Person()
    assert dry_run(stage(routes=2, HelpContact="0120-000-000"), package, person) == []
    heard = person.heard
    assert "Build 0123456789ab" in heard
    assert f"Stack todoku-dev in {REGION}" in heard
    assert f"Stack todoku-dev-second in {OTHER}" in heard
    assert "HelpContact = 0120-000-000" in heard
    assert "MailFromDomain = bounce.entry-mail.example.jp" in heard
    assert all(check.permissions in heard for check in CHECKS)
    assert person.asked == []


def test_an_origin_of_another_site_is_told(package: Package, stage: Make) -> None:
    person = Person()
    origins = stage(DomainName="entry.example.lg.jp", Origins="https://www.board.example")
    dry_run(origins, package, person)
    assert "https://www.board.example: not on the site of entry.example.lg.jp" in person.heard


def test_routes_that_cannot_be_are_found_without_an_account(package: Package, stage: Make) -> None:
    one, other = stage(routes=2).routes
    same = replace(other, parameters={**other.parameters, "MailFromDomain": one.mail_from})
    (found,) = dry_run(replace(stage(), routes=(one, same)), package, Person())
    assert found.subject == "MAIL FROM"


def test_without_any_route_it_is_not_complete(package: Package, stage: Make) -> None:
    assert dry_run(stage(routes=0), package, Person()) != []
