"""``ops/venv.sh``: what somebody sees while it installs, with an interpreter that only pretends."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

VENV = Path(__file__).resolve().parents[2] / "ops" / "venv.sh"

PYTHON = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$3/bin"
cat >"$3/bin/python" <<'END'
#!/bin/sh
[ "$3" = install ] || exit 0
echo "Collecting moto==5.2.5 (from -r wanted.txt (line 1))"
[ ! -e broken ] || { echo "ERROR: no such package"; exit 1; }
sleep 1
END
chmod +x "$3/bin/python"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    (tmp_path / "wanted.txt").write_text("moto==5.2.5\n")
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if name != "CI"}
    return known | {"PYTHON": str(folder / "python")} | more


def piped(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VENV, "wanted.txt"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def on_a_terminal(folder: Path, **more: str) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [VENV, "wanted.txt"], cwd=folder, env=environment(folder, **more), stdout=theirs
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:  # how Linux says that nobody holds the other end any more
            break
    os.close(ours)
    assert process.wait(10) == 0
    return said.decode()


STEPS = r"Making \.venv \.\.\. \d+ s\nInstalling pip [\d.]+ into \.venv \.\.\. \d+ s\n"
DONE = STEPS + r"Installing wanted\.txt into \.venv \.\.\. [1-9] s\n"


def test_each_step_is_one_line_with_its_seconds(folder: Path) -> None:
    done = piped(folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(DONE, done.stdout)


def test_on_a_terminal_the_seconds_count_and_pip_is_heard(folder: Path) -> None:
    said = on_a_terminal(folder)

    assert re.search(r"wanted\.txt into \.venv \.\.\. 0 s  Collecting moto==5\.2\.5\r", said)
    # What is left on the screen: of each line what was written last.
    left = "".join(re.split(r"\r\x1b\[K", line)[-1] + "\n" for line in said.split("\r\n")[:-1])
    assert re.fullmatch(DONE, left)


def test_in_continuous_integration_a_terminal_is_none(folder: Path) -> None:
    assert re.fullmatch(DONE, on_a_terminal(folder, CI="true").replace("\r\n", "\n"))


def test_a_failure_says_what_pip_said(folder: Path) -> None:
    (folder / "broken").touch()
    done = piped(folder)

    assert done.returncode == 1
    assert "ERROR: no such package" in done.stderr
    assert "install.log" in done.stderr
    assert (folder / ".venv" / "making").exists()
