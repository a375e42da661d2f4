"""The examples in the stages' files, which somebody uncomments and fills in, pass all checks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ops import ROOT
from ops.check_result import needing_action
from ops.deploy.settings_checks import check_settings
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


def test_the_example_of_prod_has_a_host_name_and_two_routes(uncommented: Path) -> None:
    stage = load_stage("prod", uncommented, complete=True)
    chosen = {"DomainName", "CertificateArn", "HelpContact", "OperatorName", "OperatorsEmail"}
    assert chosen <= stage.service.keys()
    assert [route.name for route in stage.routes] == ["primary", "second"]
