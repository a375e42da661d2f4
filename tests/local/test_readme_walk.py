"""The walk through the API in both READMEs: a shell types it, and an account is there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.server import LocalServer

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def running() -> Iterator[LocalServer]:
    with LocalServer(transit=0.01, retry_after=0.2) as machine:
        yield machine


def walk(readme: str) -> str:
    """The one example of curl with a jar of cookies, as it is to be typed."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    (found,) = (
        block
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        if "-c jar" in block
    )
    return str(found)


def answers(printed: str) -> list[dict[str, Any]]:
    """Each call prints its answer and ends the line."""
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_the_walk_leads_from_an_address_to_a_session(
    running: LocalServer, tmp_path: Path, readme: str
) -> None:
    typed = walk(readme)
    assert SERVICE in typed
    told = subprocess.run(
        ["sh", "-eu"],
        input=typed.replace(SERVICE, running.url),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (told.returncode, told.stderr) == (0, "")
    asked, seen, refused, corrected, proven, completed, session = answers(told.stdout)
    assert (asked["state"], asked["email"]) == ("queued", "taro@gmail.com")
    assert seen["reference"] == asked["reference"]
    assert refused["type"] == f"{running.url}/problems/wait"
    assert corrected["email"].endswith("@icloud.com")
    assert (proven["state"], completed["state"]) == ("verified", "completed")
    assert session["reference"] == completed["reference"]
