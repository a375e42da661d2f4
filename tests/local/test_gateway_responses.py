"""What the gateway answers by itself comes from the template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloudformation.template import Template
from local.gateway_responses import GatewayResponses


def responses(**found: dict[str, Any]) -> GatewayResponses:
    api = {"Properties": {"GatewayResponses": found}}
    return GatewayResponses(Template({"Resources": {"RestAPI": api}}), "http://127.0.0.1:8000/dev")


def test_a_type_has_its_own_answer() -> None:
    answer = responses(
        REQUEST_TOO_LARGE={
            "StatusCode": "499",
            "ResponseParameters": {"Headers": {"Content-Type": "'text/x'"}},
            "ResponseTemplates": {"application/json": "words"},
        }
    ).response("REQUEST_TOO_LARGE")
    assert (answer.status, answer.body) == (499, b"words")
    assert answer.headers == (("Content-Type", "text/x"),)


def test_else_its_class_has_one_and_the_status_is_its_own() -> None:
    found = responses(DEFAULT_4XX={"ResponseTemplates": {"application/json": "{}"}})
    answer = found.response("REQUEST_TOO_LARGE")
    assert (answer.status, answer.body) == (413, b"{}")


def test_else_it_is_the_answer_of_aws() -> None:
    answer = responses().response("MISSING_AUTHENTICATION_TOKEN")
    assert answer.status == 403
    assert json.loads(answer.body) == {"message": "Missing Authentication Token"}


@pytest.mark.parametrize("host", ["", "https://$context.domainName/$context.stage"])
def test_the_type_of_a_problem_leads_to_the_page_of_this_server(host: str) -> None:
    text = f'{{"type": "{host}/problems/not-found", "title": "Not found"}}'
    found = responses(DEFAULT_4XX={"ResponseTemplates": {"application/json": text}})
    told = json.loads(found.response("REQUEST_TOO_LARGE").body)
    assert told["type"] == "http://127.0.0.1:8000/dev/problems/not-found"
