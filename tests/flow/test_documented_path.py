"""The way of an address, as docs/architecture.md lists it file by file, is the way it goes."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from jinja2 import Template

from local.server import LocalServer
from tests.flow.client import Client

HANDS_ON = {"TransactWriteItems", "SendMessage", "SignUp", "SendEmail", "Query"}
"""What carries an address on; so does a record that is put into one of these tables:"""
RECORDS = ("registrations", "trail")
MOST = 30
"""Files one may have to open to follow an address to SES and back."""
IMPLEMENTED = r"Implemented by ``([\w.]+)``"
"""How a ``Protocol`` names the class behind it."""

pytestmark = pytest.mark.in_process


@pytest.fixture
def documented(root: Path) -> list[str]:
    """The files of the list, in its order."""
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^\| \d+ \| \[[^]]+\]\(\.\./([^)]+)\)", text, re.MULTILINE)


@pytest.fixture
def contracts(root: Path) -> dict[str, str]:
    """By a method that a ``Protocol`` says is implemented: the file of that ``Protocol``."""
    found: dict[str, str] = {}
    for file in (root / "chalicelib").rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.ClassDef):
                continue
            for adapter in re.findall(IMPLEMENTED, ast.get_docstring(node) or ""):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef):
                        found[f"chalicelib.{adapter}.{method.name}"] = str(file.relative_to(root))
    return found


@pytest.fixture
def callers(
    root: Path, contracts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, set[str]]:
    """For each call that hands an address on: the project's files that it was made from, and
    those of the contracts that it went by."""
    seen: dict[str, set[str]] = {}

    def note(call: str) -> None:
        frame = sys._getframe()
        files = seen.setdefault(call, set())
        while frame.f_back:
            frame = frame.f_back
            file = Path(frame.f_code.co_filename)
            if not (file.is_relative_to(root / "chalicelib") or file == root / "app.py"):
                continue
            files.add(file.relative_to(root).as_posix())
            method = f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}"
            if method in contracts:
                files.add(contracts[method])

    def calls(client: Any, name: str, arguments: dict[str, Any]) -> Any:
        put = name == "PutItem" and arguments["TableName"].endswith(RECORDS)
        sweeps = "IndexName" in arguments
        if put or (name in HANDS_ON and not sweeps):
            note(name)
        return call(client, name, arguments)

    def renders(template: Template, *values: Any, **more: Any) -> str:
        note("the page")
        return render(template, *values, **more)

    call, render = BaseClient._make_api_call, Template.render
    monkeypatch.setattr(BaseClient, "_make_api_call", calls)
    monkeypatch.setattr(Template, "render", renders)
    return seen


def test_an_address_goes_to_ses_and_back_by_the_files_that_are_documented(
    machine: LocalServer,
    applicant: Client,
    email: str,
    documented: list[str],
    callers: dict[str, set[str]],
) -> None:
    applicant.register(email)
    applicant.until(lambda it: it["delivery"]["state"] == "delivered")
    assert applicant.look("/register/code").status == 200
    assert callers.keys() == HANDS_ON | {"PutItem", "the page"}
    assert {call: files - set(documented) for call, files in callers.items()} == {
        call: set() for call in callers
    }


def test_the_way_is_short_and_its_files_exist(root: Path, documented: list[str]) -> None:
    assert 0 < len(documented) == len(set(documented)) <= MOST
    assert [file for file in documented if not (root / file).is_file()] == []


def test_the_rules_beside_the_way_exist(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| \[.*?\|.*?\|(.*)\|$", text, re.MULTILINE)
    asked = [file for row in rows for file in re.findall(r"`([^`]+\.py)`", row)]
    assert asked
    assert [file for file in asked if not (root / "chalicelib" / file).is_file()] == []
