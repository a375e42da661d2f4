"""What the service's template promises, and a slip of a key would undo in silence."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.clients import ONCE
from chalicelib.clock import CLOCKS_APART
from chalicelib.identity.codes import IN_TRANSIT
from chalicelib.verification.due import LOST_AGAIN
from cloudformation import template as templates
from cloudformation.intrinsics import Lookup, Made, resolve
from cloudformation.template import Template
from ops import ROOT
from ops.package.sam_template import service_template
from ops.planned_load import QUEUE_EXECUTIONS
from ops.stage.settings import load_stage, stage_names

SENDER = Template.read(templates.SENDER)


@pytest.fixture(scope="module")
def service(stage_here: Path) -> Template:
    return Template.read(stage_here / "service.json")


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template.resources[name]["Properties"]
    return found


def if_protected(yes: Any, no: Any) -> dict[str, Any]:
    return {"Fn::If": ["IsProtected", yes, no]}


def test_stages_differ_in_their_names_alone() -> None:
    """What is shown of one stage, its rights above all, is then true of the other."""
    bodies = []
    for name in stage_names():
        body = service_template(ROOT, load_stage(name), "build")
        body["Resources"]["RestAPI"]["Properties"].pop("StageName")
        text = json.dumps(body, sort_keys=True)
        bodies.append(text.replace(f":stage={name}:", ":").replace(f"({name})", ""))
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


def test_whoever_invokes_a_function_may(service: Template) -> None:
    parameters = service.parameters({"PrimarySender": ""})
    allowed = {
        (
            it["FunctionName"].get("Ref") or it["FunctionName"]["Fn::GetAtt"][0],
            resolve(it["Principal"], Lookup(parameters, Made)),
        )
        for it in service.of_type("AWS::Lambda::Permission").values()
    }
    assert allowed == {
        ("APIHandler", "apigateway.amazonaws.com"),
        ("SendCode", "cognito-idp.amazonaws.com"),
        ("RecordEvents", "sns.amazonaws.com"),
    }
    assert all(it["SourceArn"] for it in service.of_type("AWS::Lambda::Permission").values())


def test_routes_may_tell_the_service_from_their_own_regions(service: Template) -> None:
    for name, prefix in (
        ("PrimaryEventsPermission", "Primary"),
        ("SecondEventsPermission", "Second"),
    ):
        source = properties(service, name)["SourceArn"]["Fn::Sub"]
        topic = properties(SENDER, "MailEventsTopic")["TopicName"]["Fn::Sub"]
        made = topic.replace("${Service}", "${AWS::StackName}").replace("${Route}", prefix.lower())
        assert properties(service, name)["Principal"] == {"Ref": f"{prefix}EventsPrincipal"}
        assert source.endswith(f":${{{prefix}Region}}:${{AWS::AccountId}}:{made}")


def test_the_firewall_stands_before_the_api_and_lets_applicants_in(service: Template) -> None:
    (association,) = service.of_type("AWS::WAFv2::WebACLAssociation").values()
    assert association["ResourceArn"]["Fn::Sub"].endswith(
        "/restapis/${RestAPI}/stages/${RestAPI.Stage}"
    )
    assert properties(service, "Firewall")["DefaultAction"] == {"Allow": {}}
    assert [rule["Name"] for rule in properties(service, "Firewall")["Rules"]] == [
        "rate",
        "common",
        "known-bad-inputs",
    ]


def test_the_api_is_regional_compressed_and_has_one_address(service: Template) -> None:
    api = properties(service, "RestAPI")
    assert api["EndpointConfiguration"] == "REGIONAL"
    assert api["MinimumCompressionSize"] == 512
    assert api["DisableExecuteApiEndpoint"] == {"Fn::If": ["HasDomain", True, False]}
    assert properties(service, "Domain")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_what_the_gateway_answers_by_itself_is_a_problem_that_says_its_status(
    service: Template,
) -> None:
    for kind, response in properties(service, "RestAPI")["GatewayResponses"].items():
        body = json.loads(response["ResponseTemplates"]["application/json"])
        assert body["status"] == int(response["StatusCode"]), kind
        retry = response["ResponseParameters"]["Headers"].get("Retry-After", "''")
        assert str(body.get("retry_after", "")) == retry.strip("'"), kind
        assert response["ResponseParameters"]["Headers"]["Content-Type"] == (
            "'application/problem+json'"
        )


def test_cognito_tells_nobody_who_is_there_and_lets_users_write_one_thing(
    service: Template,
) -> None:
    client = properties(service, "UserPoolClient")
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["WriteAttributes"] == ["email"]
    assert client["GenerateSecret"] is True
    pool = properties(service, "UserPool")
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert pool["DeletionProtection"] == if_protected("ACTIVE", "INACTIVE")


def test_tables_are_kept_and_forget_what_has_expired(service: Template) -> None:
    for name, table in service.of_type("AWS::DynamoDB::Table").items():
        assert table["DeletionProtectionEnabled"] == if_protected(True, False), name
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_a_message_that_always_fails_ends_in_a_queue_that_rings(service: Template) -> None:
    for name in ("JobsQueue", "ResendsQueue"):
        dead = name.replace("Queue", "DeadLetters")
        assert properties(service, name)["RedrivePolicy"] == {
            "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
            "maxReceiveCount": 20,
        }
        (dimension,) = properties(service, f"{dead}Alarm")["Dimensions"]
        assert dimension["Value"] == {"Fn::GetAtt": [dead, "QueueName"]}


def test_a_message_bears_a_new_account_and_a_job_is_known_for_as_long(service: Template) -> None:
    """Ten executions for fifteen pollers: each time that none is left counts as a try."""
    at_once = [
        event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        for function in service.of_type("AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    assert (len(at_once), sum(at_once)) == (2, QUEUE_EXECUTIONS)
    for name in ("JobsQueue", "ResendsQueue"):
        queue = properties(service, name)
        seconds = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
        assert timedelta(seconds=seconds) >= timedelta(hours=2), name
        assert seconds < queue["MessageRetentionPeriod"], name


def test_the_budget_warns_before_and_when_it_is_spent(service: Template) -> None:
    told = properties(service, "Budget")["NotificationsWithSubscribers"]
    assert [it["Notification"]["Threshold"] for it in told] == [80, 100]


def test_the_pepper_outlives_its_stack_and_hangs_on_no_key_that_does_not(
    service: Template,
) -> None:
    pepper = service.resources["Pepper"]
    assert pepper["DeletionPolicy"] == pepper["UpdateReplacePolicy"] == "Retain"
    assert "KmsKeyId" not in pepper["Properties"]


def test_keys_trust_the_account_and_cognito_to_grant(service: Template) -> None:
    policies = {
        name: [
            (it["Action"], sorted(it["Principal"]), "Condition" in it)
            for it in key["KeyPolicy"]["Statement"]
        ]
        for name, key in service.of_type("AWS::KMS::Key").items()
    }
    account = ("kms:*", ["AWS"], False)
    assert policies == {
        "CodeKey": [account, ("kms:CreateGrant", ["Service"], True)],
        "SettingsKey": [account],
    }


@pytest.mark.parametrize("template", ["service", "sender"])
def test_every_alarm_tells_somebody(service: Template, template: str) -> None:
    its = service if template == "service" else SENDER
    alarms = its.of_type("AWS::CloudWatch::Alarm")
    assert alarms
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "OperatorsTopic"}], name
        assert alarm["AlarmDescription"], name


def test_an_event_that_fails_is_kept_for_as_long_as_it_is_of_use(service: Template) -> None:
    configs = {
        name: properties(service, name)["EventInvokeConfig"]
        for name in ("SendCode", "RecordEvents", "Sweep")
    }
    times = {
        n: (c["MaximumRetryAttempts"], c["MaximumEventAgeInSeconds"]) for n, c in configs.items()
    }
    assert times == {"SendCode": (2, 360), "RecordEvents": (2, 21600), "Sweep": (0, 60)}
    for name in configs:
        on_failure = configs[name]["DestinationConfig"]["OnFailure"]
        assert on_failure["Destination"] == {"Fn::GetAtt": ["FailedInvocations", "Arn"]}


def test_lambda_tries_no_codes_event_once_another_code_may_have_been_asked_for(
    service: Template,
) -> None:
    """Nor does the sweeper ask while a job still waits for that moment."""
    its = properties(service, "SendCode")
    runs = timedelta(seconds=its["Timeout"])
    age = timedelta(seconds=its["EventInvokeConfig"]["MaximumEventAgeInSeconds"])
    last_of_three = runs + timedelta(minutes=1) + runs + timedelta(minutes=2)
    asking = timedelta(seconds=ONCE.connect_timeout + ONCE.read_timeout)
    assert last_of_three < age
    assert age + runs + asking + CLOCKS_APART < IN_TRANSIT
    assert IN_TRANSIT + timedelta(seconds=properties(service, "Work")["Timeout"]) <= LOST_AGAIN


@pytest.mark.parametrize("function", ["Work", "SendAgain"])
def test_lambda_lets_a_function_put_messages_back_on_its_own_queue(
    service: Template, function: str
) -> None:
    assert properties(service, function)["RecursiveLoop"] == "Allow"


def test_a_route_refuses_to_send_unaligned_and_mutes_only_who_complained() -> None:
    identity = properties(SENDER, "Identity")
    assert identity["MailFromAttributes"]["BehaviorOnMxFailure"] == "REJECT_MESSAGE"
    assert identity["DkimAttributes"] == {"SigningEnabled": True}
    assert identity["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}
    options = properties(SENDER, "ConfigurationSet")
    assert options["SuppressionOptions"] == {"SuppressedReasons": ["COMPLAINT"]}
    assert options["DeliveryOptions"]["TlsPolicy"] == {"Ref": "TlsPolicy"}
    assert SENDER.body["Parameters"]["TlsPolicy"]["Default"] == "OPTIONAL"


def test_only_ses_for_this_route_may_tell_the_routes_topic() -> None:
    (statement,) = properties(SENDER, "MailEventsPolicy")["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ses.amazonaws.com"}
    assert sorted(statement["Condition"]["StringEquals"]) == ["aws:SourceAccount", "aws:SourceArn"]
