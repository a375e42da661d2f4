"""What ``make check`` asks of the templates finds what is wrong with them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from ops.check import cfn_lint, checkov
from ops.check.sam_translate import SamTranslationError, translate

REGION = "ap-northeast-1"


@pytest.fixture(scope="module")
def packaged(stage_here: Path) -> Any:
    return json.loads((stage_here / "service.json").read_text(encoding="utf-8"))


@pytest.fixture
def service(packaged: Any) -> Any:
    return copy.deepcopy(packaged)


def found(template: Any) -> str:
    return "\n".join(cfn_lint.lint("service", translate(template, REGION), REGION))


def test_the_template_is_in_order_once_it_is_translated(service: Any) -> None:
    assert found(service) == ""


def test_there_is_one_stage_of_the_api(service: Any) -> None:
    """SAM makes a second one, called Stage, unless it is told not to."""
    plain = translate(service, REGION)["Resources"].values()
    assert [it["Type"] for it in plain].count("AWS::ApiGateway::Stage") == 1


def test_a_trigger_that_knows_its_pool_is_a_cycle(service: Any) -> None:
    variables = service["Resources"]["SendCode"]["Properties"]
    variables["Environment"] = {"Variables": {"TODOKU_POOL": {"Ref": "UserPool"}}}
    assert "E3004" in found(service)


def test_an_api_function_that_knows_its_address_is_a_cycle(service: Any) -> None:
    variables = service["Globals"]["Function"]["Environment"]["Variables"]
    variables["TODOKU_BASE_URL"] = {"Fn::Sub": "https://${RestAPI}.execute-api.example"}
    assert "E3004" in found(service)


def test_a_misspelt_property_is_found(service: Any) -> None:
    service["Resources"]["JobsQueue"]["Properties"]["RedrivePolicies"] = {}
    assert "RedrivePolicies" in found(service)


def test_what_sam_cannot_translate_is_told_in_its_words(service: Any) -> None:
    del service["Resources"]["Work"]["Properties"]["Handler"]
    with pytest.raises(SamTranslationError, match="Work"):
        translate(service, REGION)


needs_checkov = pytest.mark.skipif(
    not checkov.CHECKOV.exists(), reason="make check makes checkov's environment"
)


@needs_checkov
def test_advice_that_is_not_waived_is_told(tmp_path: Path) -> None:
    key = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": False, "KeyPolicy": {}}}
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"Resources": {"Key": key}}), encoding="utf-8")
    (line,) = checkov.scan([file])
    assert line.startswith("keys.json: CKV_AWS_7 ")
    assert line.endswith("(AWS::KMS::Key.Key)")


@needs_checkov
def test_a_template_that_checkov_cannot_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("Resources: [", encoding="utf-8")
    assert list(checkov.scan([file])) == ["checkov cannot read 1 of broken.yaml"]


def test_every_waiver_has_its_reason() -> None:
    lines = checkov.WAIVERS.read_text(encoding="utf-8").partition("skip-check:")[2].splitlines()
    reason = False
    for line in lines:
        text = line.strip()
        if text.startswith("- ") and "#" not in text:
            assert reason, f"{text} has no reason"
        reason = text.startswith("#") or (reason and text.startswith("- "))
