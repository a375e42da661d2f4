"""The examples in the stages' files, which somebody uncomments and fills in, pass all checks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ops import ROOT
from ops.check_result import needing_action
from ops.deploy.settings_checks import check_settings
from ops.errors import CommandError
from ops.route_overlap import check_route_overlap
from ops.stage.settings import load_stage, stage_names

EXAMPLE = re.compile(r"^# (?=\w+ = )", re.MULTILINE)


@pytest.fixture
def uncommented(tmp_path: Path) -> Path:
    """A project whose stages have chosen what the comments of ours give as examples."""
    (tmp_path / ".chalice" / "stages").mkdir(parents=True)
    shutil.copyfile(ROOT / ".chalice" / "config.json", tmp_path / ".chalice" / "config.json")
    for name in stage_names():
        file = Path(".chalice", "stages", f"{name}.toml")
        text, found = EXAMPLE.subn("", (ROOT / file).read_text(encoding="utf-8"))
        assert found, f"{file} has no example"
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", stage_names())
def test_an_example_passes_the_checks_of_settings(uncommented: Path, name: str) -> None:
    stage = load_stage(name, uncommented, complete=True)
    assert stage.routes
    assert needing_action([*check_settings(stage), *check_route_overlap(stage.routes)]) == []


def needed() -> list[str]:
    """What the file of prod says is needed before ``make deploy``."""
    text = (ROOT / ".chalice" / "stages" / "prod.toml").read_text(encoding="utf-8")
    block = text.partition("needed before `make deploy`.\n")[2].partition("\n\n")[0]
    return re.findall(r"^# (\w+) = ", block, re.MULTILINE)


def test_what_prod_needs_is_listed() -> None:
    assert {"DomainName", "PrimarySender", "OperatorName", "PrivacyText"} <= set(needed())


@pytest.mark.parametrize("name", needed())
def test_what_is_said_to_be_needed_is_asked_for(uncommented: Path, name: str) -> None:
    file = uncommented / ".chalice" / "stages" / "prod.toml"
    text, left_out = re.subn(rf"(?m)^{name} = .*\n", "", file.read_text(encoding="utf-8"))
    assert left_out == 1
    file.write_text(text, encoding="utf-8")
    try:
        stage = load_stage("prod", uncommented, complete=True)
    except CommandError as error:
        told = error.lines
    else:
        told = tuple(result.message for result in needing_action(check_settings(stage)))
    assert any(name in line for line in told)


def test_the_example_of_prod_has_a_host_name_and_two_routes(uncommented: Path) -> None:
    stage = load_stage("prod", uncommented, complete=True)
    chosen = {"DomainName", "CertificateArn", "HelpContact", "OperatorName", "OperatorsEmail"}
    assert chosen <= stage.service.keys()
    assert [route.name for route in stage.routes] == ["primary", "second"]
