"""Cold starts are measured on what the zip holds, and only if it answers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from bench import cold_start

APP = """
def app(event, context):
    return {"statusCode": 202 if event["httpMethod"] == "POST" else %d}
"""


def zipped(folder: Path, page_status: int) -> Path:
    archive = folder / "app.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", APP % page_status)
    return archive


def test_each_round_measures_floor_answer_and_page(tmp_path: Path) -> None:
    steps: list[None] = []
    answer, page = cold_start.figures(zipped(tmp_path, 200), 2, lambda: steps.append(None))
    assert len(steps) == 2
    # An app that does nothing is far below the floor of one that makes a client.
    assert answer.verdict == page.verdict == "ok"
    assert "0 AWS calls" in answer.detail


def test_an_answer_that_is_an_error_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="answered 500, not 200"):
        cold_start.figures(zipped(tmp_path, 500), 1, lambda: None)
