"""What a stage that applicants depend on should have chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from ops.check_result import Finding, Mark
from ops.deploy.settings_checks import choices
from ops.stage.settings import Stage

CHOSEN = {
    "DomainName": "entry.example.lg.jp",
    "HelpContact": "0120-000-000",
    "OperatorsEmail": "operators@example.lg.jp",
}
Make = Callable[..., Stage]


def marks(findings: Iterable[Finding]) -> set[Mark]:
    return {finding.mark for finding in findings}


def test_a_stage_that_has_chosen_all_is_well(stage: Make) -> None:
    assert marks(choices(stage(Protected="true", routes=2, **CHOSEN))) == {Mark.OK}


@pytest.mark.parametrize("name", CHOSEN)
def test_what_a_protected_stage_has_not_chosen_is_missing(stage: Make, name: str) -> None:
    rest = {key: value for key, value in CHOSEN.items() if key != name}
    found = [it for it in choices(stage(Protected="true", **rest)) if it.mark is not Mark.OK]
    assert [it.mark for it in found] == [Mark.MISSING]
    assert found[0].line.startswith(f"{name} is not set")
    tried_out = [it for it in choices(stage(Protected="false", **rest)) if it.mark is not Mark.OK]
    assert [it.mark for it in tried_out] == [Mark.NOTE]


def test_a_region_abroad_is_told(stage: Make) -> None:
    here = stage(routes=2, **CHOSEN)
    primary, second = here.routes
    abroad = replace(here, routes=(primary, replace(second, region="us-east-1")))
    (found,) = (it for it in choices(abroad) if it.mark is Mark.NOTE)
    assert found.line.startswith("us-east-1: ")
