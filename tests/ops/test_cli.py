"""The command line ``ops``: its commands, their help, what is imported, how it ends."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ops import cli
from ops.cli import COMMANDS, main
from ops.errors import CommandError, Declined
from ops.exit_codes import epilog, exit_code_of
from ops.probe import Polling

HEAVY = ("botocore", "rich", "cfnlint", "samtranslator", "chalice", "dns")


def run(
    root: Path, *arguments: str, python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *python, "-m", "ops", *arguments],
        cwd=root,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def imported(told: subprocess.CompletedProcess[str]) -> set[str]:
    """The top-level modules that ``-X importtime`` tells of."""
    lines = [line for line in told.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_without_a_command_they_are_listed(root: Path) -> None:
    told = run(root)
    assert told.returncode == 0, told.stderr
    for name, text in COMMANDS.items():
        assert any(line.split() == [name, *text.split()] for line in told.stdout.splitlines())


def test_every_package_with_a_command_is_listed(root: Path) -> None:
    assert {file.stem for file in (root / "ops" / "commands").glob("[a-z]*.py")} == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_within_80_columns(name: str, root: Path) -> None:
    told = run(root, name, "--help")
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0].startswith(f"Usage: .venv/bin/python -m ops {name}")
    assert lines[2].strip() == COMMANDS[name], "the list of commands says something else"
    assert "  Exit codes:" in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_each_argument_and_option_has_its_help(name: str) -> None:
    command = cli.program.get_command(click.Context(cli.program), name)
    assert command is not None
    assert [it.name for it in command.params if not getattr(it, "help", None)] == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nosuch"], "No such command 'nosuch'"),
        (["--nosuch"], "No such option '--nosuch'"),
        (["deploy"], "Missing argument 'STAGE'"),
        (["smoke", "https://a.example/", "--nosuch"], "No such option '--nosuch'"),
        (["package", "dev", "--platform", "pdp11"], "'pdp11' is not one of"),
        (["redrive", "nosuch", "--stage", "dev"], "'nosuch' is not one of 'jobs'"),
        (["redrive", "jobs"], "Missing option '--stage'"),
        (["pages", "--check", "--update"], "exclude each other"),
    ],
)
def test_bad_usage_is_told_and_exits_with_2(
    arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert error in told.err
    assert sum(line.startswith("Error: ") for line in told.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["--help"], ["nosuch"]])
def test_the_list_imports_no_command(arguments: list[str], root: Path) -> None:
    told = run(root, *arguments, python=("-X", "importtime"))
    assert "click" in imported(told)
    assert imported(told) & {*HEAVY, "jinja2", "babel"} == set()


def test_a_command_imports_what_it_needs_and_no_more(root: Path) -> None:
    told = run(root, "pages", "--help", python=("-X", "importtime"))
    assert told.returncode == 0
    assert "jinja2" in imported(told)
    assert imported(told) & set(HEAVY) == set()


def test_ctrl_c_before_a_command_has_begun_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib, "import_module", interrupted)
    assert main(["costs"]) == 130
    assert capsys.readouterr().err.strip().startswith("Stopped.")


def test_a_command_that_is_interrupted_exits_with_130(root: Path, tmp_path: Path) -> None:
    """A real signal to a real process, which waits in the middle of a package."""
    (tmp_path / "sitecustomize.py").write_text(
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "ops", "bundle", str(tmp_path / "bundle")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as bundling:
        tree = tmp_path / "bundle" / "tree"
        assert Polling(60.0, interval=0.02).until(lambda: tree.exists() or None)
        bundling.send_signal(signal.SIGINT)
        _, said = bundling.communicate(timeout=60)
    assert bundling.returncode == 130
    assert said.strip().startswith("Stopped.")


@pytest.mark.parametrize(
    ("error", "code"), [(Declined("no"), 1), (CommandError("mend"), 2), (KeyboardInterrupt(), 130)]
)
def test_the_documented_exit_codes_are_those_that_are_given(
    error: BaseException, code: int
) -> None:
    def ends() -> int:
        raise error

    assert exit_code_of(ends) == code
    assert f"\n  {code:<5}" in epilog("done", "declined")


bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
COMPLETE = """
source ops/completion.bash
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_ops_completion "$1"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completions(root: Path, *words: str) -> list[str]:
    """What bash offers for the last of ``words``."""
    told = subprocess.run(
        ["bash", "-c", COMPLETE, "bash", sys.executable, *words],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return told.stdout.split()


@bash
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["-m", "ops", "de"], ["deploy", "destroy"]),
        (["-m", "ops", ""], list(COMMANDS)),
        (["-m", "ops", "deploy", ""], ["dev", "prod"]),
        (["-m", "ops", "destroy", "p"], ["prod"]),
        (["-m", "ops", "package", "dev", "--platform", "h"], ["here"]),
        (["-m", "pytest", ""], []),
        (["-c", "de"], []),
    ],
)
def test_bash_completes_commands_stages_and_options(
    words: list[str], offered: list[str], root: Path
) -> None:
    assert completions(root, *words) == offered
