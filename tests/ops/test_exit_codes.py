"""However a command ends, it is an exit code and a line."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from cloudformation.intrinsics import TemplateError
from ops.bundle.collect import NotInstalled
from ops.errors import CommandError
from ops.exit_codes import exit_code_of


def raising(error: BaseException) -> Callable[[], int]:
    def run() -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CommandError("mend this"), "mend this"),
        (NotInstalled("jinja2 is not installed"), "jinja2 is not installed"),
        (TemplateError("a.yaml: bad\n  in line 3"), "a.yaml: bad in line 3"),
        (PermissionError(13, "Permission denied", "out"), "out: Permission denied."),
        (subprocess.CalledProcessError(1, ["python", "-m", "pip"]), "pip could not fetch"),
        (subprocess.CalledProcessError(1, ["python", "-m", "compileall"]), "compileall … failed"),
    ],
)
def test_what_must_be_mended_is_a_line(
    error: Exception, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(raising(error)) == 2
    told = capsys.readouterr().err
    assert line in told
    assert len(told.splitlines()) == 1


def test_what_is_well_is_its_own_code() -> None:
    assert exit_code_of(lambda: 0) == 0


def test_both_ways_of_stopping_are_one(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def killed() -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    try:
        assert exit_code_of(killed) == exit_code_of(raising(KeyboardInterrupt())) == 130
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "Stopped." in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        exit_code_of(raising(ZeroDivisionError()))
