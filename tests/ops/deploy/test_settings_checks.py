"""What a stage that applicants depend on should have chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from ops.check_result import CheckResult, Severity
from ops.deploy.settings_checks import check_settings
from ops.stage.settings import Stage

CHOSEN = {
    "DomainName": "entry.example.lg.jp",
    "HelpContact": "0120-000-000",
    "OperatorsEmail": "operators@example.lg.jp",
}
Make = Callable[..., Stage]


def marks(results: Iterable[CheckResult]) -> set[Severity]:
    return {result.severity for result in results}


def test_a_stage_that_has_chosen_all_is_well(stage: Make) -> None:
    assert marks(check_settings(stage(Protected="true", routes=2, **CHOSEN))) == {Severity.OK}


@pytest.mark.parametrize("name", CHOSEN)
def test_what_a_protected_stage_has_not_chosen_is_missing(stage: Make, name: str) -> None:
    rest = {key: value for key, value in CHOSEN.items() if key != name}
    found = [
        it
        for it in check_settings(stage(Protected="true", **rest))
        if it.severity is not Severity.OK
    ]
    assert [it.severity for it in found] == [Severity.MISSING]
    assert found[0].message.startswith(f"{name} is not set")
    tried_out = [
        it
        for it in check_settings(stage(Protected="false", **rest))
        if it.severity is not Severity.OK
    ]
    assert [it.severity for it in tried_out] == [Severity.NOTE]


def test_a_region_abroad_is_told(stage: Make) -> None:
    here = stage(routes=2, **CHOSEN)
    primary, second = here.routes
    abroad = replace(here, routes=(primary, replace(second, region="us-east-1")))
    (found,) = (it for it in check_settings(abroad) if it.severity is Severity.NOTE)
    assert found.message.startswith("us-east-1: ")
