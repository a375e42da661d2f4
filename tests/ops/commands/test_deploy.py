"""``make deploy`` and ``make destroy`` as they are typed: what they end with."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from ops.aws.errors import STOPPED, as_command_errors
from ops.bundle import collect
from ops.check_result import missing, ok, stops
from ops.cli import main
from ops.commands.deploy import Consent, confirm_results
from ops.errors import CommandError, Declined
from ops.exit_codes import exit_code_of
from ops.probe import Polling
from tests.ops.conftest import Person

EXPIRED = ClientError({"Error": {"Code": "ExpiredToken", "Message": "x"}}, "DescribeStacks")


def raising(error: BaseException) -> int:
    @as_command_errors()
    def run() -> int:
        raise error

    return exit_code_of(run, STOPPED)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Declined("Nothing was changed."), 1, "Nothing was changed."),
        (CommandError("No such stage."), 2, "No such stage."),
        (collect.NotInstalled("msgspec is not installed"), 2, "msgspec"),
        (subprocess.CalledProcessError(1, "pip"), 2, "pip"),
        (NoCredentialsError(), 2, "AWS_PROFILE"),
        (EXPIRED, 2, "expired"),
        (PermissionError(13, "Permission denied", "/out"), 2, "/out: Permission denied."),
        (OSError(28, "No space left on device"), 2, "No space left"),
    ],
)
def test_each_end_is_a_line_and_an_exit_code(
    error: Exception, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert raising(error) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_ctrl_c_says_what_goes_on_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(KeyboardInterrupt()) == 130
    assert "CloudFormation" in capsys.readouterr().err


# Also where the tests run in the background, and their children do not hear Ctrl-C.
LISTENING = """
import signal, sys
from ops.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(["deploy", *sys.argv[1:]]))
"""


def test_ctrl_c_during_a_dry_run_says_that_nothing_was_changed(root: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LISTENING, "dev", "--dry-run", "--out", tmp_path],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as rehearsal:
        assert Polling(60.0, interval=0.02).until(
            lambda: list(tmp_path.glob(".packaging-*")) or None
        )
        rehearsal.send_signal(signal.SIGINT)
        _, said = rehearsal.communicate(timeout=60)
    assert rehearsal.returncode == 130
    assert said.strip() == "Stopped; nothing was changed."
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["deploy", "dev", "--dry-run", "--out", str(tmp_path / "file" / "out")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(tmp_path / "file") in said


def test_an_error_of_ours_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="an answer of another shape"):
        raising(ValueError("an answer of another shape"))


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_an_unknown_stage_is_a_line(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "nowhere"]) == 2
    said = capsys.readouterr().err
    assert "no stage 'nowhere'" in said
    assert said.count("\n") == 1


def test_a_stage_that_is_not_complete_is_not_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "prod"]) == 2
    assert "PrimarySender is missing" in capsys.readouterr().err


def test_a_protected_stage_is_not_destroyed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["destroy", "prod", "--yes"]) == 2
    assert capsys.readouterr().err.startswith("prod is protected")


SHORT = [missing("SES", "ask"), missing("DNS", "publish"), ok("region", "enabled")]


def test_what_is_missing_is_asked_about() -> None:
    person = Person("y")
    confirm_results(SHORT, Consent(), person)
    assert person.asked == ["2 missing (above). Deploy all the same? [y/N] "]
    with pytest.raises(Declined):
        confirm_results(SHORT, Consent(), Person("n"))
    confirm_results([ok("region", "enabled")], Consent(), Person())


def test_yes_alone_does_not_wave_through_what_is_missing() -> None:
    with pytest.raises(CommandError, match="--incomplete"):
        confirm_results(SHORT, Consent(yes=True), Person(yes=True))
    confirm_results(SHORT, Consent(yes=True, incomplete=True), Person(yes=True))


def test_what_would_fail_is_not_deployed_whatever_is_said() -> None:
    with pytest.raises(CommandError, match=r"Mend first \(above\): certificate"):
        confirm_results(
            [*SHORT, stops("certificate", "x")], Consent(yes=True, incomplete=True), Person("y")
        )
