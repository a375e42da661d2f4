"""``make package`` makes the same three files each time, or leaves what was there."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cloudformation.template import Template
from ops import ROOT
from ops.cli import main
from ops.commands import package as command
from ops.errors import CommandError
from ops.package import package
from ops.package.lambda_runtime import lambda_runtime
from ops.package.sam_template import service_template
from ops.stage.settings import load_stage


@pytest.fixture(scope="module")
def service(stage_here: Path) -> Any:
    return json.loads((stage_here / "service.json").read_text(encoding="utf-8"))


def test_three_files_are_made(stage_here: Path) -> None:
    names = sorted(file.name for file in stage_here.iterdir())
    assert names == ["deployment.zip", "sender.yaml", "service.json"]
    assert [file for file in stage_here.parent.iterdir() if file.name.startswith(".")] == []


def test_the_same_sources_give_the_same_bytes(stage_here: Path, tmp_path: Path) -> None:
    again = package(ROOT, load_stage("dev"), tmp_path, None)
    for file in stage_here.iterdir():
        assert (again.folder / file.name).read_bytes() == file.read_bytes(), file.name


def test_every_function_is_in_the_zip_and_runs_on_the_python_that_packaged(
    stage_here: Path, service: Any
) -> None:
    names = zipfile.ZipFile(stage_here / "deployment.zip").namelist()
    functions = Template(service).of_type("AWS::Serverless::Function")
    assert len(functions) == 6
    for function in functions.values():
        assert function["Runtime"] == f"python3.{sys.version_info.minor}"
        assert function["Architectures"] == ["arm64"]
        assert f"{function['Handler'].rpartition('.')[0]}.py" in names


def test_the_console_of_the_local_machine_is_on_no_stage(stage_here: Path, service: Any) -> None:
    """It shows every mail and its code to whoever asks."""
    paths = service["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert "/health" in "".join(paths)
    assert [path for path in paths if "local" in path.split("/")] == []
    assert b"/local/" not in (stage_here / "service.json").read_bytes()
    with zipfile.ZipFile(stage_here / "deployment.zip") as packed:
        assert [it for it in packed.namelist() if it.startswith("local/") or "console." in it] == []
        ours = [it for it in packed.namelist() if it.startswith(("app.py", "chalicelib/"))]
        assert len(ours) > 50
        assert [it for it in ours if b"/local/" in packed.read(it)] == []


def test_each_function_has_a_role_of_its_own(service: Any) -> None:
    functions = Template(service).of_type("AWS::Serverless::Function").values()
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions]
    assert len(set(roles)) == len(roles)


def test_the_build_is_told_by_the_code_that_it_names(stage_here: Path, service: Any) -> None:
    import hashlib

    digest = hashlib.sha256((stage_here / "deployment.zip").read_bytes()).hexdigest()
    variables = service["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["TODOKU_BUILD"] == digest[:12]


def test_the_roots_that_functions_trust_are_in_the_zip(stage_here: Path, service: Any) -> None:
    bundle = service["Globals"]["Function"]["Environment"]["Variables"]["AWS_CA_BUNDLE"]
    names = zipfile.ZipFile(stage_here / "deployment.zip").namelist()
    assert bundle.removeprefix("/var/task/") in names


def test_a_queue_hides_a_message_for_six_times_its_functions_time(service: Any) -> None:
    """As Lambda asks for; a shorter time hands a message over twice."""
    template = Template(service)
    functions, queues = (
        template.of_type("AWS::Serverless::Function"),
        template.of_type("AWS::SQS::Queue"),
    )
    for function, queue in (("Work", "JobsQueue"), ("SendAgain", "ResendsQueue")):
        assert queues[queue]["VisibilityTimeout"] >= 6 * functions[function]["Timeout"]


def test_the_api_answers_before_the_gateway_gives_up(service: Any) -> None:
    assert Template(service).of_type("AWS::Serverless::Function")["APIHandler"]["Timeout"] < 29


def test_a_zip_for_another_machine_says_so_in_its_template() -> None:
    body = service_template(ROOT, load_stage("dev"), "build", "x86_64")
    functions = Template(body).of_type("AWS::Serverless::Function").values()
    assert {function["Architectures"][0] for function in functions} == {"x86_64"}


def test_a_broken_policy_is_named(tmp_path: Path) -> None:
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "policy-work.json").write_text("{", encoding="utf-8")
    with pytest.raises(CommandError, match=r"^\.chalice/policy-work\.json: "):
        service_template(tmp_path, load_stage("dev"), "build")


def test_what_a_deployment_told_to_publish_stays(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "primary.zone").write_text("records", encoding="utf-8")
    made = package(ROOT, load_stage("dev"), tmp_path, None)
    assert (made.folder / "primary.zone").read_text(encoding="utf-8") == "records"


def test_a_profile_that_is_not_there_spoils_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    assert lambda_runtime()
    assert service_template(ROOT, load_stage("dev"), "build")["Resources"]


def test_chalices_own_words_are_told_in_a_line(tmp_path: Path) -> None:
    for name in ("app.py", "chalicelib", ".chalice"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    (tmp_path / ".chalice" / "policy-work.json").unlink()
    with pytest.raises(CommandError, match=r"^Chalice cannot package: .*policy-work\.json") as told:
        service_template(tmp_path, load_stage("dev"), "build")
    assert "\n" not in str(told.value)


def test_what_a_killed_packaging_left_is_swept_away(tmp_path: Path) -> None:
    old, under_way = tmp_path / ".packaging-old", tmp_path / ".packaging-now"
    for folder in (old, under_way):
        folder.mkdir()
    os.utime(old, (0, 0))
    pages = tmp_path / "project" / "chalicelib" / "web" / "pages" / "built"
    pages.mkdir(parents=True)
    (pages / "manifest.json").touch()
    with pytest.raises(FileNotFoundError):
        package(tmp_path / "project", load_stage("dev"), tmp_path, None)
    assert not old.exists()
    assert under_way.exists()


def test_what_was_there_stays_when_packaging_fails(tmp_path: Path) -> None:
    (tmp_path / "out" / "dev").mkdir(parents=True)
    (tmp_path / "out" / "dev" / "mine").touch()
    project = tmp_path / "project"
    project.mkdir()
    with pytest.raises(CommandError, match="make build"):
        package(project, load_stage("dev"), tmp_path / "out", None)
    built = project / "chalicelib" / "web" / "pages" / "built"
    built.mkdir(parents=True)
    with pytest.raises(CommandError, match="make build"):
        package(project, load_stage("dev"), tmp_path / "out", None)
    (built / "manifest.json").touch()
    words = project / "chalicelib" / "locales" / "ja.po"
    words.parent.mkdir()
    words.touch()
    with pytest.raises(CommandError, match="make build"):
        package(project, load_stage("dev"), tmp_path / "out", None)
    words.with_suffix(".mo").touch()
    with pytest.raises(FileNotFoundError):
        package(project, load_stage("dev"), tmp_path / "out", None)
    assert sorted(file.name for file in (tmp_path / "out").rglob("*")) == ["dev", "mine"]


@pytest.mark.parametrize(
    ("arguments", "said"), [(["staging"], "no stage 'staging'"), (["dev"], "make build")]
)
def test_the_command_says_in_a_line_what_is_missing(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert main(["package", *arguments, "--platform=here", f"--out={tmp_path}"]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert told.out == ""
