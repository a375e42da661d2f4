"""What the template names exists, with the properties it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cloudformation.intrinsics import TemplateError
from cloudformation.template import Template
from local.account import ACCOUNT
from local.server import LocalServer
from local.stack import Stack

Aws = Callable[[str], Any]


def of_type(kind: str) -> dict[str, Any]:
    return Template.read().of_type(kind)


@pytest.mark.parametrize("table", of_type("AWS::DynamoDB::Table"))
def test_tables_are_as_the_template_says(machine: LocalServer, aws: Aws, table: str) -> None:
    wanted = of_type("AWS::DynamoDB::Table")[table]
    found = aws("dynamodb").describe_table(TableName=machine.stack.ref(table))["Table"]
    assert found["TableName"].startswith("todoku-")
    assert found["KeySchema"] == wanted["KeySchema"]
    indexes = {i["IndexName"]: i["KeySchema"] for i in found.get("GlobalSecondaryIndexes", [])}
    assert indexes == {
        i["IndexName"]: i["KeySchema"] for i in wanted.get("GlobalSecondaryIndexes", [])
    }
    ttl = aws("dynamodb").describe_time_to_live(TableName=found["TableName"])
    assert ttl["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    assert ttl["TimeToLiveDescription"]["AttributeName"] == "expires"


@pytest.mark.parametrize("queue", of_type("AWS::SQS::Queue"))
def test_queues_are_as_the_template_says(machine: LocalServer, aws: Aws, queue: str) -> None:
    wanted = of_type("AWS::SQS::Queue")[queue]
    found = aws("sqs").get_queue_attributes(
        QueueUrl=machine.stack.ref(queue), AttributeNames=["All"]
    )["Attributes"]
    assert found["MessageRetentionPeriod"] == str(wanted["MessageRetentionPeriod"])
    if "RedrivePolicy" in wanted:
        redrive = json.loads(found["RedrivePolicy"])
        assert redrive["maxReceiveCount"] == wanted["RedrivePolicy"]["maxReceiveCount"]
        assert redrive["deadLetterTargetArn"].endswith("-dead-letters")
        assert found["VisibilityTimeout"] == str(wanted["VisibilityTimeout"])


def test_the_pool_is_as_the_template_says(machine: LocalServer, aws: Aws) -> None:
    pool_id = machine.stack.ref("UserPool")
    pool = aws("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]
    assert pool["AliasAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 10
    assert pool["LambdaConfig"]["KMSKeyID"] == machine.stack.lookup.attribute("CodeKey", "Arn")
    sender = pool["LambdaConfig"]["CustomEmailSender"]["LambdaArn"]
    assert sender == machine.functions.arns["SendCode"]
    client = aws("cognito-idp").describe_user_pool_client(
        UserPoolId=pool_id, ClientId=machine.stack.ref("UserPoolClient")
    )["UserPoolClient"]
    assert client["AccessTokenValidity"] == 15
    assert client["ClientSecret"] == machine.stack.environment()["TODOKU_CLIENT_SECRET"]


def test_the_configuration_set_keeps_its_options(machine: LocalServer, aws: Aws) -> None:
    name = machine.routes["primary"].ref("ConfigurationSet")
    found = aws("sesv2").get_configuration_set(ConfigurationSetName=name)
    assert found["DeliveryOptions"]["MaxDeliverySeconds"] == 50400
    assert found["SuppressionOptions"]["SuppressedReasons"] == ["COMPLAINT"]


def test_the_application_is_told_where_everything_is(machine: LocalServer) -> None:
    environment = machine.stack.environment()
    assert environment["TODOKU_BASE_URL"] == machine.url
    assert environment["TODOKU_JOBS_QUEUE"].endswith(f"/{ACCOUNT}/todoku-jobs")
    assert json.loads(environment["TODOKU_ROUTES"])[0]["configuration_set"] == "todoku-primary"
    assert len(environment["TODOKU_PEPPER"]) >= 32


def stack(resources: dict[str, Any]) -> Stack:
    def no_clients(service: str) -> Any:
        raise AssertionError(f"{service} is not needed")

    return Stack(Template({"Resources": resources}), {}, {"Work": "arn:work"}, no_clients)


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(TemplateError, match=r"Bell: AWS::Bell::Ring"):
        stack({"Bell": {"Type": "AWS::Bell::Ring"}}).create()


def test_what_needs_nothing_here_is_passed_over() -> None:
    resources = {
        "Bell": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"a": {"Ref": "?"}}},
        "Allowed": {"Type": "AWS::Lambda::Permission"},
        "Work": {"Properties": {"Environment": {"Variables": {}}}},
    }
    stack(resources).create()


def test_a_function_the_application_does_not_have_is_named() -> None:
    with pytest.raises(TemplateError, match="Play"):
        stack({"Play": {"Properties": {}}}).ref("Play")


def test_what_a_condition_leaves_out_is_not_made() -> None:
    body = {
        "Conditions": {"Never": {"Fn::Equals": [1, 2]}},
        "Resources": {"Ring": {"Type": "AWS::Bell::Ring", "Condition": "Never"}},
    }
    Stack(Template(body), {}, {}, lambda service: None).create()


def test_a_secret_is_random_unless_it_is_given() -> None:
    text = "{{resolve:secretsmanager:${Pepper}:SecretString}}"
    body = {
        "Globals": {"Function": {"Environment": {"Variables": {"PEPPER": {"Fn::Sub": text}}}}},
        "Resources": {"Pepper": {"Type": "AWS::SecretsManager::Secret"}},
    }

    def pepper(given: dict[str, str]) -> str:
        return Stack(Template(body), {}, {}, lambda _: None, given).environment()["PEPPER"]

    assert pepper({"Pepper": "known"}) == "known"
    assert len(pepper({})) >= 32
    assert pepper({}) != pepper({})


def test_a_cycle_is_told_and_not_followed() -> None:
    resources = {
        "A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "B"}}},
        "B": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "A"}}},
    }
    with pytest.raises(TemplateError, match="A -> B -> A"):
        stack(resources).create()
