"""The bench from beginning to end, once round: that it runs, not how fast anything is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import form_walk

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_every_figure_is_measured(chromium: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--json", "--rounds", "1"],
        cwd=ROOT,
        env={**os.environ, "CHROMIUM": chromium},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)
    assert len(figures) == 9
    assert all(f["measured"] >= 0 for f in figures)


def test_rounds_must_be_at_least_one() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--rounds", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert "at least 1" in told.stderr


def test_a_page_weighs_what_it_loads_and_nothing_else() -> None:
    html = """
    <link rel="modulepreload" href="/dev/assets/watch-1a.js">
    <script type="module" src="/dev/assets/page-2b.js"></script>
    <a href="/dev/register">on</a> <img src="data:image/png;base64,AA">
    """
    assert form_walk.assets(html) == {"/dev/assets/watch-1a.js", "/dev/assets/page-2b.js"}
