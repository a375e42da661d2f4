"""Figures of docs/development.md, *Reading the bench*, for the tests that can measure them too."""

from __future__ import annotations

import re
from pathlib import Path

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "development.md"


def documented_figure(name: str, unit: str) -> float:
    """What the table of figures says was measured."""
    rows = re.findall(
        rf"^\| {re.escape(name)} \| ([\d.]+) {unit} \|",
        _PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    (measured,) = rows
    return float(measured)
