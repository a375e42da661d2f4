"""The house's own rules: sizes, names, who may read the environment, what is pinned."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("chalicelib", "cloudformation", "local", "ops", "bench")
CODE = ("app.py", *PACKAGES)
VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "tools"}
NOT_OURS = {".venv", "__pycache__", "built", "node_modules"}


def modules(*places: str) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        found = [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
        yield from (f for f in found if f.exists() and not NOT_OURS & set(f.parts))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_400_lines() -> None:
    assert {name(m): lines(m) for m in modules(*CODE, "tests") if lines(m) > 400} == {}


def test_the_median_module_is_shorter_than_120_lines() -> None:
    written = [lines(m) for m in modules(*CODE) if m.name != "__init__.py"]
    assert statistics.median(written) < 120


def test_names_say_what_is_inside() -> None:
    vague = [name(m) for m in modules(*CODE, "tests") if VAGUE & {m.stem, m.parent.name}]
    assert vague == []


def test_only_config_reads_the_environment() -> None:
    readers = {
        name(module)
        for module in modules("app.py", "chalicelib")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert readers <= {"chalicelib/config.py"}


def test_an_error_of_the_aws_client_stays_in_its_room() -> None:
    names = re.compile(r"\b(ClientError|BotoCoreError|EndpointConnectionError)\b")
    leaks = [
        name(m)
        for m in modules("app.py", "chalicelib")
        if "aws" not in m.relative_to(ROOT).parts
        and any(
            names.search(ast.unparse(node))
            for node in ast.walk(ast.parse(m.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom | ast.ExceptHandler | ast.Attribute)
        )
    ]
    assert leaks == []


def protocols() -> Iterator[tuple[str, ast.ClassDef]]:
    for module in modules("chalicelib"):
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and any(
                "Protocol" in ast.unparse(b) for b in node.bases
            ):
                yield f"{name(module)}: {node.name}", node


@pytest.mark.parametrize("protocol", [p for _, p in protocols()], ids=[n for n, _ in protocols()])
def test_a_protocol_says_where_its_calls_end(protocol: ast.ClassDef) -> None:
    """Who follows a call into it finds the class that does the work, with each of its methods."""
    (told,) = re.findall(r"Implemented by ``([\w.]+)\.(\w+)``", ast.get_docstring(protocol) or "")
    assert told[0].startswith("aws."), "only at AWS may a call end in a Protocol"
    made = getattr(importlib.import_module(f"chalicelib.{told[0]}"), told[1])
    methods = [node.name for node in protocol.body if isinstance(node, ast.FunctionDef)]
    assert methods
    assert [method for method in methods if not callable(getattr(made, method, None))] == []


BROKEN_IMPORTS = [
    ("chalicelib/registration", "import botocore.session", "Rooms know neither HTTP nor AWS"),
    (
        "chalicelib/courier",
        "from chalicelib.aws import versioned_table",
        "Rooms know neither HTTP nor AWS",
    ),
    ("chalicelib/trail", "from chalicelib.web import request", "Imports point one way"),
    ("chalicelib/registration", "from chalicelib.accounts import session", "Imports point one way"),
    ("chalicelib/accounts", "from chalicelib.registration import view", "Imports point one way"),
    (
        "chalicelib/verification",
        "from chalicelib.registration import view",
        "Imports point one way",
    ),
    ("chalicelib/courier", "from chalicelib.verification import model", "Imports point one way"),
    ("chalicelib/limits", "from chalicelib.trail import delivery_states", "Imports point one way"),
    ("chalicelib/identity", "from chalicelib.limits import mailbox", "Imports point one way"),
    ("chalicelib/web/api", "import boto3", "Only aws/ imports botocore"),
    ("chalicelib/web/api", "import jinja2", "Only web/pages/render.py imports Jinja2"),
    ("chalicelib/web", "import jinja2", "Only web/pages/render.py imports Jinja2"),
    ("chalicelib/web/api", "from chalicelib.web.pages import render", "Nothing but the pages"),
    (
        "chalicelib/web/api",
        "from chalicelib.aws import versioned_table",
        "Only the factory joins aws/",
    ),
    (
        "chalicelib/web/pages",
        "from chalicelib.web import views",
        "No two neighbours need each other",
    ),
    ("chalicelib/aws", "import moto", "What is deployed needs nothing of this machine"),
    ("cloudformation", "from local import clock", "Reading templates needs nothing"),
    ("ops/costs", "from ops.destroy import stage_deletion", "What commands share is below them"),
    ("ops/deploy", "from ops.costs import prices", "What commands share is below them"),
    ("ops/aws", "from ops.deploy import apply", "What commands share is below them"),
    ("ops/commands", "from ops.commands import costs, smoke", "No command needs another"),
    ("local", "from ops import terminal", "The local AWS side needs nothing of the commands"),
    ("ops/costs", "from local import clock", "Operators' commands need nothing"),
]


def contracts() -> list[dict[str, Any]]:
    with (ROOT / "pyproject.toml").open("rb") as settings:
        return list(tomllib.load(settings)["tool"]["importlinter"]["contracts"])


def test_a_room_that_has_a_floor_is_a_room_of_rules() -> None:
    """A new room is not forgotten where HTTP and AWS are forbidden."""
    (one_way,) = [c for c in contracts() if c["id"] == "one-way"]
    (rules,) = [c for c in contracts() if c["id"] == "rooms-are-rules"]
    floors = {room for layer in one_way["layers"] for room in layer.split(" | ")}
    rooms = {name.removeprefix("chalicelib.") for name in rules["source_modules"]}
    assert rooms == floors - {"web", "triggers", "factory", "aws"}


def test_every_contract_is_broken_once() -> None:
    """What no stray import can break holds nothing."""
    broken = {contract for _, _, contract in BROKEN_IMPORTS}
    unbroken = [c["name"] for c in contracts() if not any(c["name"].startswith(b) for b in broken)]
    assert unbroken == []


@pytest.mark.parametrize(("room", "line", "contract"), BROKEN_IMPORTS)
def test_an_import_against_the_grain_breaks_a_contract(
    tmp_path: Path, room: str, line: str, contract: str
) -> None:
    bare = shutil.ignore_patterns("__pycache__", "built")
    for place in PACKAGES:
        shutil.copytree(ROOT / place, tmp_path / place, ignore=bare)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / room / "stray.py").write_text(f'"""Stray."""\n{line}\n')

    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=tmp_path, capture_output=True, text=True
    )

    assert told.returncode != 0
    broken = re.findall(r"(?m)^(.+?) BROKEN\b", re.sub(r"\n(?=\S+ BROKEN)", " ", told.stdout))
    assert any(b.startswith(contract) for b in broken), told.stdout


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("8.8.8.8", 53)])
def test_nothing_beyond_this_machine_can_be_reached(address: tuple[str, int]) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as outward,
        pytest.warns(UserWarning, match="tried to use socket.socket.connect"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outward.connect(address)


def test_this_machine_itself_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def pins(file: str) -> dict[str, Requirement]:
    written = (ROOT / file).read_text(encoding="utf-8").splitlines()
    stripped = (line.split("#")[0].strip() for line in written)
    found = [Requirement(line) for line in stripped if line and not line.startswith("-")]
    return {canonical(r.name): r for r in found}


def canonical(distribution: str) -> str:
    return re.sub("[-_.]+", "-", distribution).lower()


REQUIREMENTS = ("requirements.txt", "requirements-local.txt", "requirements-dev.txt")


@pytest.mark.parametrize("file", [*REQUIREMENTS, "requirements-checkov.txt", "constraints.txt"])
def test_every_dependency_is_pinned_exactly(file: str) -> None:
    loose = [str(r) for r in pins(file).values() if not re.fullmatch("==[^*,]+", str(r.specifier))]
    assert loose == []


def test_what_the_dependencies_bring_with_them_is_pinned_too() -> None:
    asked = {n: r for file in REQUIREMENTS for n, r in pins(file).items()}
    pinned = {**asked, **pins("constraints.txt")}
    waiting = [(n, frozenset(r.extras)) for n, r in asked.items()]
    reached: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        here = waiting.pop()
        if here in reached:
            continue
        reached.add(here)
        for needed in map(Requirement, importlib.metadata.requires(here[0]) or ()):
            extras = ("", *here[1])
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                waiting.append((canonical(needed.name), frozenset(needed.extras)))
    brought = {n for n, _ in reached}
    # The interpreter's own: venv brings pip, and pip what it needs to build.
    assert brought - set(pinned) - {"pip", "setuptools"} == set()
    assert set(pins("constraints.txt")) - brought == set()


def test_each_dependency_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    asked = [r.name for file in REQUIREMENTS for r in pins(file).values()]
    assert [n for n in asked if f"`{n.lower()}`" not in reasons] == []
