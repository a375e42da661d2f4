"""Who may read what, as the templates have it: encryption, keys, logs, and how long it is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.identity.ownership import LEASE
from chalicelib.web.response import HSTS
from cloudformation import template as templates
from cloudformation.template import Template

SENDER = Template.read(templates.SENDER)
FUNCTIONS = {"APIHandler", "Work", "SendCode", "SendAgain", "RecordEvents", "Sweep"}


@pytest.fixture(scope="module")
def service(stage_here: Path) -> Template:
    return Template.read(stage_here / "service.json")


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template.resources[name]["Properties"]
    return found


def users_of(service: Template, key: str) -> set[str]:
    """The functions whose role may decrypt with a key."""
    return {
        function
        for function in service.of_type("AWS::Serverless::Function")
        for statement in statements(service, function)
        if statement["Effect"] == "Allow"
        and "kms:Decrypt" in statement["Action"]
        and statement["Resource"] == {"Fn::GetAtt": [key, "Arn"]}
    }


def statements(service: Template, function: str) -> list[dict[str, Any]]:
    role = properties(service, function)["Role"]["Fn::GetAtt"][0]
    return [
        statement
        for policy in properties(service, role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_only_who_mails_codes_may_decrypt_them(service: Template) -> None:
    assert users_of(service, "CodeKey") == {"SendCode", "SendAgain"}
    assert properties(service, "UserPool")["LambdaConfig"]["KMSKeyID"] == {
        "Fn::GetAtt": ["CodeKey", "Arn"]
    }


def test_the_environment_of_every_function_is_encrypted_by_a_key_of_ours(
    service: Template,
) -> None:
    assert service.of_type("AWS::Serverless::Function").keys() == FUNCTIONS
    assert users_of(service, "SettingsKey") == FUNCTIONS
    key = service.body["Globals"]["Function"]["KmsKeyArn"]
    assert key == {"Fn::GetAtt": ["SettingsKey", "Arn"]}
    for name in FUNCTIONS:
        assert "KmsKeyArn" not in properties(service, name)


def test_keys_are_rotated_each_year(service: Template) -> None:
    for name, key in service.of_type("AWS::KMS::Key").items():
        assert key["EnableKeyRotation"] is True, name


def test_no_secret_stands_in_the_template(service: Template) -> None:
    variables = service.body["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["TODOKU_PEPPER"] == {
        "Fn::Sub": "{{resolve:secretsmanager:${Pepper}:SecretString}}"
    }
    assert properties(service, "Pepper")["GenerateSecretString"]["PasswordLength"] == 64
    for name in ("APIHandler", "Work"):
        own = properties(service, name)["Environment"]["Variables"]
        assert own["TODOKU_CLIENT_SECRET"] == {"Fn::GetAtt": ["UserPoolClient", "ClientSecret"]}


def test_a_host_name_speaks_tls_1_2_at_least(service: Template) -> None:
    assert properties(service, "Domain")["SecurityPolicy"] == "TLS_1_2"


def test_what_the_gateway_answers_by_itself_is_guarded_as_every_answer(service: Template) -> None:
    for kind, response in properties(service, "RestAPI")["GatewayResponses"].items():
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Strict-Transport-Security"] == f"'{HSTS}'", kind
        assert headers["Cache-Control"] == "'no-store'", kind
        assert headers["X-Content-Type-Options"] == "'nosniff'", kind
        assert headers["Referrer-Policy"] == "'same-origin'", kind
        policy = headers["Content-Security-Policy"].strip("'").split("; ")
        # A directive without sources admits none; 'none' cannot be written there.
        assert policy == ["sandbox", "default-src", "frame-ancestors", "base-uri"], kind


def test_the_firewall_blocks_a_rush_and_only_counts_what_a_password_may_look_like(
    service: Template,
) -> None:
    rate, common, known = properties(service, "Firewall")["Rules"]
    assert rate["Action"] == {"Block": {}}
    assert rate["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert common["OverrideAction"] == known["OverrideAction"] == {"None": {}}
    counted = common["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert all(rule["ActionToUse"] == {"Count": {}} for rule in counted)
    assert all(rule["Name"].endswith("_BODY") for rule in counted)
    assert "RuleActionOverrides" not in known["Statement"]["ManagedRuleGroupStatement"]


def test_no_log_keeps_the_address_of_an_applicants_network(service: Template) -> None:
    firewall = properties(service, "Firewall")
    views = [firewall["VisibilityConfig"], *(r["VisibilityConfig"] for r in firewall["Rules"])]
    assert [view["SampledRequestsEnabled"] for view in views] == [False] * 4
    assert not service.of_type("AWS::WAFv2::LoggingConfiguration")
    assert not service.of_type("AWS::ApiGateway::Account"), "the role that access logs need"
    api = properties(service, "RestAPI")
    assert not api.keys() & {"AccessLogSetting", "MethodSettings", "TracingEnabled"}
    for name in FUNCTIONS:
        assert properties(service, name)["Tracing"] == "PassThrough"


def test_every_function_logs_to_a_group_of_its_own_that_forgets(service: Template) -> None:
    groups = service.of_type("AWS::Logs::LogGroup")
    assert all(it["RetentionInDays"] == {"Ref": "LogRetentionDays"} for it in groups.values())
    used = {properties(service, name)["LoggingConfig"]["LogGroup"]["Ref"] for name in FUNCTIONS}
    assert used == groups.keys()
    for name in FUNCTIONS:
        logging = properties(service, name)["LoggingConfig"]
        assert logging["LogFormat"] == "JSON"
        writes = [s for s in statements(service, name) if "logs:" in json.dumps(s["Action"])]
        (allowed,) = writes
        assert allowed["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert allowed["Resource"] == {"Fn::GetAtt": [logging["LogGroup"]["Ref"], "Arn"]}


def test_every_queue_is_encrypted_and_keeps_addresses_for_four_days(service: Template) -> None:
    queues = {**service.of_type("AWS::SQS::Queue"), **SENDER.of_type("AWS::SQS::Queue")}
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
    days = {name: queue["MessageRetentionPeriod"] / 86400 for name, queue in queues.items()}
    assert days == {
        "JobsQueue": 14,
        "JobsDeadLetters": 14,
        "ResendsQueue": 1,
        "ResendsDeadLetters": 14,
        "FailedInvocations": 4,
        "LostEvents": 4,
    }


def test_a_password_has_a_length_and_no_composition(service: Template) -> None:
    policy = properties(service, "UserPool")["Policies"]["PasswordPolicy"]
    assert policy == {
        "MinimumLength": {"Ref": "PasswordLength"},
        "RequireLowercase": False,
        "RequireUppercase": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
    }
    length = service.body["Parameters"]["PasswordLength"]
    assert (length["Default"], length["MinValue"]) == (10, 8)


def test_nobody_signs_in_but_through_the_api_and_for_a_quarter_of_an_hour(
    service: Template,
) -> None:
    client = properties(service, "UserPoolClient")
    assert client["ExplicitAuthFlows"] == [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    ]
    assert client["EnableTokenRevocation"] is True
    assert client["AccessTokenValidity"] == 15
    assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert not {name for name in client if re.search("OAuth|CallbackURLs", name)}
    assert not service.of_type("AWS::Cognito::UserPoolDomain")


def test_no_account_comes_with_the_stack(service: Template) -> None:
    for kind in ("UserPoolUser", "UserPoolGroup", "UserPoolUserToGroupAttachment"):
        assert not service.of_type(f"AWS::Cognito::{kind}")


def test_an_address_is_changed_only_by_a_code_and_no_user_writes_more(service: Template) -> None:
    settings = properties(service, "UserPool")["UserAttributeUpdateSettings"]
    assert settings == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    assert properties(service, "UserPoolClient")["WriteAttributes"] == ["email"]


def test_a_lease_on_an_address_outlasts_the_function_that_took_it(service: Template) -> None:
    assert LEASE.total_seconds() > properties(service, "APIHandler")["Timeout"]
