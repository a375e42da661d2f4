"""Resource types of CloudFormation: how each is created on moto."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from cloudformation.intrinsics import Made

Clients = Callable[[str], Any]
"""From a service's name to a botocore client of it."""
Properties = dict[str, Any]

IGNORED_TYPES = frozenset(
    {
        # Nobody watches, pays or is kept out here; who may call what is held to the template where
        # the packaged functions run (local/packaged).
        "AWS::ApiGateway::BasePathMapping",
        "AWS::ApiGateway::DomainName",
        "AWS::Budgets::Budget",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::IAM::Role",
        "AWS::Lambda::Permission",
        "AWS::Logs::MetricFilter",
        "AWS::Route53::RecordSet",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
        # Served from the template (local/api_gateway.py); functions are there before the stack.
        "AWS::Serverless::Api",
        "AWS::Serverless::Function",
    }
)
"""Resource types that are not created here."""


def _table(clients: Clients, properties: Properties) -> Made:
    dynamodb, name = clients("dynamodb"), properties["TableName"]
    ttl = properties.pop("TimeToLiveSpecification", None)
    recovery = properties.pop("PointInTimeRecoverySpecification", None)
    table = dynamodb.create_table(**properties)["TableDescription"]
    if ttl:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
    if recovery:
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification=recovery
        )
    return Made(name, {"Arn": table["TableArn"]})


def _queue(clients: Clients, properties: Properties) -> Made:
    sqs, name = clients("sqs"), properties.pop("QueueName")
    attributes = {
        key: json.dumps(value) if isinstance(value, dict) else str(value)
        for key, value in properties.items()
    }
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return Made(url, {"Arn": found["QueueArn"], "QueueName": name, "QueueUrl": url})


def _topic(clients: Clients, properties: Properties) -> Made:
    name = properties["TopicName"]
    arn = clients("sns").create_topic(Name=name)["TopicArn"]
    return Made(arn, {"TopicArn": arn, "TopicName": name})


def _subscription(clients: Clients, properties: Properties) -> Made:
    topic, endpoint = properties["TopicArn"], properties["Endpoint"]
    made = clients("sns").subscribe(
        TopicArn=topic, Protocol=properties["Protocol"], Endpoint=endpoint
    )
    return Made(made["SubscriptionArn"])


def _log_group(clients: Clients, properties: Properties) -> Made:
    # What the functions log goes to the terminal here.
    name = properties["LogGroupName"]
    return Made(name, {"Arn": f"arn:aws:logs:local:0:log-group:{name}:*"})


def _key(clients: Clients, properties: Properties) -> Made:
    kms = clients("kms")
    made = kms.create_key(
        Description=properties.get("Description", ""),
        Policy=json.dumps(properties["KeyPolicy"]),
        KeySpec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
        KeyUsage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
    )["KeyMetadata"]
    if properties.get("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=made["KeyId"])
    return Made(made["KeyId"], {"Arn": made["Arn"], "KeyId": made["KeyId"]})


def _user_pool(clients: Clients, properties: Properties) -> Made:
    policy = properties.get("Policies", {}).get("PasswordPolicy", {})
    if "MinimumLength" in policy:
        # A parameter's value is text.
        policy["MinimumLength"] = int(policy["MinimumLength"])
    name = properties.pop("UserPoolName")
    pool = clients("cognito-idp").create_user_pool(PoolName=name, **properties)["UserPool"]
    return Made(pool["Id"], {"Arn": pool["Arn"], "UserPoolId": pool["Id"]})


def _user_pool_client(clients: Clients, properties: Properties) -> Made:
    made = clients("cognito-idp").create_user_pool_client(**properties)["UserPoolClient"]
    secret = {"ClientSecret": made["ClientSecret"]} if "ClientSecret" in made else {}
    return Made(made["ClientId"], {"ClientId": made["ClientId"], **secret})


def _identity(clients: Clients, properties: Properties) -> Made:
    domain = properties["EmailIdentity"]
    clients("sesv2").create_email_identity(EmailIdentity=domain)
    tokens = {n: secrets.token_hex(16) for n in (1, 2, 3)}
    names = {f"DkimDNSTokenName{n}": f"{t}._domainkey.{domain}" for n, t in tokens.items()}
    values = {f"DkimDNSTokenValue{n}": f"{t}.dkim.amazonses.com" for n, t in tokens.items()}
    return Made(domain, names | values)


def _configuration_set(clients: Clients, properties: Properties) -> Made:
    name = properties.pop("Name")
    delivery = properties.get("DeliveryOptions", {})
    if "MaxDeliverySeconds" in delivery:
        # A parameter's value is text.
        delivery["MaxDeliverySeconds"] = int(delivery["MaxDeliverySeconds"])
    clients("sesv2").create_configuration_set(ConfigurationSetName=name, **properties)
    return Made(name)


_EVENTS = {
    "send": "SEND",
    "delivery": "DELIVERY",
    "bounce": "BOUNCE",
    "complaint": "COMPLAINT",
    "reject": "REJECT",
    "deliveryDelay": "DELIVERY_DELAY",
    "renderingFailure": "RENDERING_FAILURE",
    "open": "OPEN",
    "click": "CLICK",
    "subscription": "SUBSCRIPTION",
}
"""CloudFormation's names of SES's events, and the API's."""


def _event_destination(clients: Clients, properties: Properties) -> Made:
    destination = properties["EventDestination"]
    configuration_set, name = properties["ConfigurationSetName"], destination["Name"]
    if "SnsDestination" not in destination:
        return Made(f"{configuration_set}|{name}")
    clients("sesv2").create_configuration_set_event_destination(
        ConfigurationSetName=configuration_set,
        EventDestinationName=name,
        EventDestination={
            "Enabled": destination.get("Enabled", False),
            "MatchingEventTypes": [_EVENTS[kind] for kind in destination["MatchingEventTypes"]],
            "SnsDestination": {"TopicArn": destination["SnsDestination"]["TopicARN"]},
        },
    )
    return Made(f"{configuration_set}|{name}")


CREATORS: Mapping[str, Callable[[Clients, Properties], Made]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::SQS::Queue": _queue,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::Subscription": _subscription,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::KMS::Key": _key,
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::Cognito::UserPoolClient": _user_pool_client,
    "AWS::SES::EmailIdentity": _identity,
    "AWS::SES::ConfigurationSet": _configuration_set,
    "AWS::SES::ConfigurationSetEventDestination": _event_destination,
}
