"""``ops/venv.sh``: what somebody sees while it installs, with an interpreter that only pretends."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "ops" / "venv.sh"

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
        [VENV, "wanted.txt"],
        cwd=folder,
        env=environment(folder, **more),
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:  # how Linux says that nobody holds the other end any more
            break
    os.close(ours)
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, b"")
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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was just cloned, whose ``ops/venv.sh`` only notes what it should install."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "ops").mkdir()
    for name in ("requirements.txt", "requirements-local.txt", "requirements-dev.txt"):
        (tmp_path / name).touch()
    (tmp_path / "constraints.txt").touch()
    install = tmp_path / "ops" / "venv.sh"
    install.write_text(
        "#!/bin/sh\necho $1 >>installed\nmkdir -p .venv/bin\n"
        "printf '#!/bin/sh\\n' >.venv/bin/python\nchmod +x .venv/bin/python\n"
    )
    install.chmod(0o755)
    for file in tmp_path.rglob("*"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    (tmp_path / "chalicelib" / "web" / "pages" / "built").mkdir(parents=True)
    return tmp_path


def installed(project: Path, *stamps: str) -> list[str]:
    """What was installed for these of the Makefile's files."""
    (project / "installed").unlink(missing_ok=True)
    (project / "installed").touch()
    subprocess.run(["make", *stamps], cwd=project, check=True, capture_output=True)
    return (project / "installed").read_text().split()


DEV, LOCAL = ".venv/installed-dev", ".venv/installed-local"
PAGES = "chalicelib/web/pages/built/.made"


def test_the_first_make_test_installs_once(project: Path) -> None:
    assert installed(project, DEV, PAGES) == ["requirements-dev.txt"]
    assert installed(project, DEV, PAGES) == []


def test_make_run_installs_what_it_needs_and_again_when_that_changes(project: Path) -> None:
    assert installed(project, LOCAL) == ["requirements-local.txt"]
    assert installed(project, LOCAL) == []
    assert installed(project, DEV) == ["requirements-dev.txt"]
    (project / ".venv" / "bin" / "python").unlink()
    assert installed(project, LOCAL) == ["requirements-local.txt"]
    os.utime(project / "requirements-local.txt", (4_000_000_000, 4_000_000_000))
    assert installed(project, LOCAL) == ["requirements-local.txt"]
