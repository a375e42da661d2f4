"""API Gateway serves its last deployment: what changes the API must make a new one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ops import ROOT
from ops.check.sam_translate import translate
from ops.package.sam_template import service_template
from ops.stage.settings import load_stage
from tests.ops.package.test_replacements import Reach

STAGE = load_stage("dev")
NAMED = {"DomainName": "entry.example.lg.jp"}


def plain(build: str = "0123456789ab", **service: str) -> Any:
    """What CloudFormation sees of a stage with these settings."""
    stage = replace(STAGE, service={**STAGE.service, **service})
    return translate(service_template(ROOT, stage, build), stage.region)


def deployment(body: Any) -> str:
    """The logical id of the deployment that the stage serves."""
    (stage,) = (it for it in body["Resources"].values() if it["Type"] == "AWS::ApiGateway::Stage")
    name: str = stage["Properties"]["DeploymentId"]["Ref"]
    assert body["Resources"][name]["Type"] == "AWS::ApiGateway::Deployment"
    return name


def test_a_new_build_and_a_host_name_given_later_are_deployed() -> None:
    first = deployment(plain())
    named = deployment(plain(**NAMED))
    assert len({first, named, deployment(plain("ba9876543210"))}) == 3
    assert deployment(plain(DomainName="other.example.lg.jp")) != named


def test_the_same_build_and_settings_deploy_nothing() -> None:
    assert deployment(plain(**NAMED)) == deployment(plain(**NAMED))


def test_nothing_else_of_the_settings_is_in_the_api() -> None:
    """A parameter that the API depends on must be written into its definition: SAM compares that
    text, not what the parameter stands for."""
    body = plain()
    reach = Reach(body)
    assert reach.parameters(body["Resources"]["RestAPI"]["Properties"]) == {"DomainName"}


def problem_types(**service: str) -> set[str]:
    """What stands before the name in ``type`` of the answers that the API gives by itself."""
    stage = replace(STAGE, service={**STAGE.service, **service})
    api = service_template(ROOT, stage, "0123456789ab")["Resources"]["RestAPI"]["Properties"]
    told = (
        json.loads(response["ResponseTemplates"]["application/json"])["type"]
        for response in api["GatewayResponses"].values()
    )
    return {kind.rpartition("/")[0] for kind in told}


def test_the_types_of_the_apis_own_problems_lead_to_their_pages() -> None:
    assert problem_types(**NAMED) == {"https://entry.example.lg.jp/problems"}
    assert problem_types() == {"https://$context.domainName/$context.stage/problems"}
