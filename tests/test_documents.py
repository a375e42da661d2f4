"""The documents name only what there is: tests, files, chapters, commands."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)

SOURCES = [".chalice", "docs", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "README.ja.md"]
SOURCES += ["app.py", "bench", "chalicelib", "cloudformation", "frontend", "local", "ops", "tests"]
TEXT = {".bash", ".html", ".md", ".po", ".py", ".sh", ".toml", ".yaml"}
NOT_THE_PROJECTS_PYTHON = re.compile(
    r"(?<!\.venv/bin/)\bpython[\d.]* -m (?!http\.server)\w|`(pytest|ruff|mypy|lint-imports) [^`]+`"
)
"""What ends in ModuleNotFoundError, or is not found: the packages are in .venv alone."""
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


def files_of(source: str) -> list[Path]:
    """A file, or the files with text below a folder."""
    path = ROOT / source
    return [path] if path.is_file() else [it for it in path.rglob("*") if it.suffix in TEXT]


@pytest.mark.parametrize("source", SOURCES)
def test_no_command_is_told_that_a_fresh_clone_cannot_run(source: str) -> None:
    files = files_of(source)
    assert files
    told = [
        f"{file.name}: {found[0]}"
        for file in files
        for found in NOT_THE_PROJECTS_PYTHON.finditer(file.read_text(encoding="utf-8"))
    ]
    assert told == []


@pytest.mark.parametrize("source", SOURCES)
def test_every_make_target_that_is_told_exists(source: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = {
        name
        for file in files_of(source)
        for name in re.findall(
            r"(?:`|; |[Tt]hen:? )make ([a-z][^`\s]*)(?=`| [A-Z]+=)",
            file.read_text(encoding="utf-8"),
        )
    }
    assert told - targets == set()


@pytest.mark.parametrize(
    ("told", "run"),
    [
        (["redrive", "QUEUE=jobs", "STAGE=prod"], "redrive jobs --stage prod"),
        (["smoke", "URL=https://a.example/"], "smoke https://a.example/"),
        (["costs", "ARGS=3000 50000"], "costs 3000 50000"),
    ],
)
def test_a_command_of_operators_runs_with_the_packages(told: list[str], run: str) -> None:
    made = subprocess.run(
        ["make", "--dry-run", *told], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"exec .venv/bin/python -m ops {run}" in made.stdout
