"""A figure, its budget, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


def settled(times: Sequence[float]) -> float:
    """The lower quartile of ``times``, one of the values measured.

    Whatever else this machine does only adds time, and adds more to what waits more: a median of
    a busy quarter of an hour says more about the neighbours.
    """
    return sorted(times)[len(times) // 4]


@dataclass(frozen=True)
class Figure:
    """One measurement. ``unit``: ``×`` (a ratio within one run), ``MB``, ``KB``, ``%`` or ``s``."""

    name: str
    measured: float | None
    """``None`` when it could not be measured here; ``detail`` says why."""
    budget: float
    unit: str
    detail: str = ""

    @property
    def verdict(self) -> str:
        """``ok``, ``over`` the budget, or ``not measured``."""
        if self.measured is None:
            return "not measured"
        return "ok" if self.measured <= self.budget else "over"

    def as_json(self) -> dict[str, Any]:
        """Everything, for machines."""
        return {**asdict(self), "verdict": self.verdict}


def table(figures: Sequence[Figure]) -> Table:
    """The figures as people read them."""
    shown = Table(title="What was promised, measured side by side in one run")
    shown.add_column("figure")
    shown.add_column("measured", justify="right")
    shown.add_column("budget", justify="right")
    shown.add_column("")
    shown.add_column("how", style="dim")
    colours = {"ok": "green", "over": "bold red", "not measured": "yellow"}
    for figure in figures:
        colour = colours[figure.verdict]
        measured = "–" if figure.measured is None else f"{figure.measured:.2f} {figure.unit}"
        shown.add_row(
            figure.name,
            measured,
            f"{figure.budget:g} {figure.unit}",
            f"[{colour}]{figure.verdict}[/]",
            figure.detail,
        )
    return shown
