"""The documents name only what there is: tests, files, chapters."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)

CITED = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")


@cache
def collected_of(file: Path) -> frozenset[str]:
    """What pytest collects of a file: functions, and those of classes as ``Class::name``."""
    if not file.exists():
        return frozenset()
    body = ast.parse(file.read_text(encoding="utf-8")).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    found = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    found |= {
        f"{its.name}::{node.name}"
        for its in classes
        if its.name.startswith("Test")
        for node in its.body
        if isinstance(node, ast.FunctionDef)
    }
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


def headings(document: Path) -> set[str]:
    """The anchors of a document's chapters, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@every_document
def test_every_test_that_is_named_exists(document: Path) -> None:
    named = CITED.findall(document.read_text(encoding="utf-8"))
    assert [
        f"{file}::{name}" for file, name in named if name not in collected_of(ROOT / file)
    ] == []


@every_document
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", document.read_text(encoding="utf-8"))
    lost = []
    for link in links:
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        known = target.exists() and (not anchor or anchor in headings(target))
        lost += [] if known else [link]
    assert lost == []


def test_every_fault_has_a_test_that_shows_where_it_ends() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.partition("\n## What goes wrong, and where it ends\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!what goes wrong|---)(.*) \|$", table, re.MULTILINE)
    assert len(rows) > 20
    assert [row for row in rows if not CITED.search(row.rpartition(" | ")[2])] == []
