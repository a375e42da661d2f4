"""The bench's table, and what it holds a figure to."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bench.figure import Figure, settled, table


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [(1.0, "ok"), (1.1, "ok"), (1.11, "over"), (None, "not measured")],
)
def test_a_figure_is_ok_up_to_its_budget(measured: float | None, verdict: str) -> None:
    assert Figure("start", measured, 1.1, "×").verdict == verdict


def test_the_table_shows_figure_budget_and_verdict_side_by_side() -> None:
    written = io.StringIO()
    console = Console(file=written, width=120)
    console.print(table([Figure("zip", 10.296, 12.0, "MB"), Figure("paint", None, 3.0, "s")]))
    rows = [line.split("│") for line in written.getvalue().splitlines() if "│" in line]
    assert [cell.strip() for cell in rows[0][1:5]] == ["zip", "10.30 MB", "12 MB", "ok"]
    assert [cell.strip() for cell in rows[1][1:5]] == ["paint", "–", "3 s", "not measured"]


def test_json_has_the_verdict_too() -> None:
    assert Figure("zip", 13.0, 12.0, "MB").as_json() == {
        "name": "zip",
        "measured": 13.0,
        "budget": 12.0,
        "unit": "MB",
        "detail": "",
        "verdict": "over",
    }


@pytest.mark.parametrize(("times", "counts"), [([3.0], 3.0), ([9.0, 1.0, 5.0, 2.0], 2.0)])
def test_what_counts_is_a_quick_run_but_not_the_luckiest(times: list[float], counts: float) -> None:
    assert settled(times) == counts
