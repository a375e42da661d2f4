"""A function's environment is added up before Lambda refuses it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib import config
from cloudformation.template import Template
from ops import ROOT
from ops.errors import CommandError
from ops.package import package
from ops.package.environment_size import (
    MAX_BYTES,
    environment,
    environment_errors,
    environment_size,
)
from ops.package.sam_template import service_template
from ops.stage.settings import Stage, load_stage

SENDER = {"PrimarySender": "no-reply@entry.example.lg.jp"}


@pytest.fixture(scope="module")
def template() -> Template:
    return Template(service_template(ROOT, load_stage("prod"), "0123456789ab"))


def stage(**service: str) -> Stage:
    settings = load_stage("prod")
    return replace(settings, service={**settings.service, **SENDER, **service})


def test_every_function_finds_what_it_reads(template: Template) -> None:
    functions = template.of_type("AWS::Serverless::Function")
    assert len(functions) == 6
    for function in functions:
        variables = environment(template, stage(), function)
        read = config.load({**variables, "AWS_REGION": "ap-northeast-1"})
        assert (read.build, len(read.pepper)) == ("0123456789ab", 64)
        assert bool(read.client_secret) == (function in {"APIHandler", "Work"})


def test_bytes_are_counted_not_characters() -> None:
    assert environment_size({"A": "届く"}) == len('{"A":""}') + 6
    assert environment_size({"A": '"'}) == len('{"A":""}') + 2


def test_the_last_byte_that_fits(template: Template) -> None:
    empty = environment_size(environment(template, stage(HelpContact=""), "APIHandler"))
    room = "x" * (MAX_BYTES - empty)
    assert list(environment_errors(template, stage(HelpContact=room))) == []
    (api,) = environment_errors(template, stage(HelpContact=f"{room}x"))
    assert "of APIHandler would have 4,097 bytes, Lambda takes 4,096" in api
    more = environment_errors(template, stage(HelpContact=f"{room}{'x' * 200}"))
    assert {line.split()[3] for line in more} == {"APIHandler", "Work"}


def test_what_only_pages_say_takes_no_room_from_the_other_functions(template: Template) -> None:
    said = {"OperatorName": '{"ja": "委員会"}', "PrivacyText": '{"ja": "高校教育課"}'}
    api, work = (environment(template, stage(**said), name) for name in ("APIHandler", "Work"))
    assert api["TODOKU_PRIVACY_TEXT"] == said["PrivacyText"]
    assert not {"TODOKU_PRIVACY_TEXT", "TODOKU_OPERATOR_NAME", "TODOKU_LOG_DAYS"} & work.keys()


def test_what_a_message_names_is_what_can_be_shortened(template: Template) -> None:
    """All of it is within the parameters' own limits."""
    name = json.dumps({"ja": "届" * 580}, ensure_ascii=False)
    long = {"ServiceName": name, "HelpContact": "届" * 200, "Origins": "https://example.jp," * 26}
    second = {"SecondSender": f"no-reply@{'entry-mail' * 6}.{'example' * 8}.lg.jp"}
    assert list(environment_errors(template, stage(**long))) == []
    lines = list(environment_errors(template, stage(**long, **second)))
    assert {line.split()[3] for line in lines} == {"APIHandler", "Work"}
    assert "variables: TODOKU_SERVICE_NAME (1,769), TODOKU_HELP_CONTACT (619), " in lines[0]


def test_no_package_is_made_of_it(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="TODOKU_ORIGINS"):
        package(ROOT, stage(Origins="https://x.example," * 200), tmp_path, None)
    assert not (tmp_path / "prod").exists()
