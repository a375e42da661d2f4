"""A list that nobody has renewed for a year is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import takewhile

import pytest

from ops import ROOT
from ops.check_result import Severity
from ops.deploy.list_age import check_list_age, suffix_list_date
from ops.deploy.preflight import preflight
from ops.deploy.preflight.context import PreflightContext
from ops.stage.settings import Stage
from tests.ops.fake_account import FakeAccount
from tests.ops.fake_cloudformation import NOW, FakeCloudFormation

LISTED = date(2026, 10, 23)


@pytest.mark.parametrize(("days", "told"), [(0, 0), (365, 0), (366, 1)])
def test_a_list_is_old_after_a_year(days: int, told: int) -> None:
    found = list(check_list_age(LISTED, LISTED + timedelta(days=days)))
    assert [it.severity for it in found] == [Severity.NOTE] * told
    assert all("2026-10-23" in it.message and "docs/yearly.md" in it.message for it in found)


def test_its_date_is_that_of_the_pinned_version() -> None:
    assert suffix_list_date("dnspython==2.9.2\npublicsuffixlist==1.1.2.20261023\n") == LISTED
    with pytest.raises(ValueError, match="dated"):
        suffix_list_date("publicsuffixlist==1.1.2\n")
    assert suffix_list_date((ROOT / "requirements.txt").read_text(encoding="utf-8")) >= LISTED


@pytest.mark.parametrize(("years", "told"), [(0, 0), (20, 1)])
def test_preflight_tells_it(
    account: FakeAccount,
    formation: FakeCloudFormation,
    stage: Callable[..., Stage],
    years: int,
    told: int,
) -> None:
    now = NOW + timedelta(days=366 * years)
    context = PreflightContext(stage(), account.clients, lambda name, kind: [], now)
    unasked = takewhile(lambda it: it.subject != "credentials", preflight(context))
    assert [it.subject for it in unasked].count("lists") == told
