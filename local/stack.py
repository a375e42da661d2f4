"""Everything the template names, made on the stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.template import Lookup, Made, Template, TemplateError, resolve

Clients = Callable[[str], Any]
"""From a service's name to a botocore client of it."""
Properties = dict[str, Any]

NOTHING = frozenset(
    {
        # Answered by the front, straight from the template.
        "AWS::ApiGateway::GatewayResponse",
        # Nobody is refused here, so nobody is allowed.
        "AWS::Lambda::Permission",
    }
)
"""Types of resources that need nothing on one machine."""


class Stack:
    """The template's resources, each made when first needed."""

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, str],
        functions: Mapping[str, str],
        clients: Clients,
    ) -> None:
        """``parameters`` include the pseudo parameters (``AWS::StackName`` …); ``functions``
        maps the logical ids of Chalice's functions to their ARNs."""
        self._template = template
        self._clients = clients
        self._made = {name: Made(name, {"Arn": arn}) for name, arn in functions.items()}
        self._making: list[str] = []
        own = {k: v for k, v in parameters.items() if not k.startswith("AWS::")}
        pseudo = {k: v for k, v in parameters.items() if k.startswith("AWS::")}
        self.look = Lookup(template.parameters(own) | pseudo, self._thing)

    def make(self) -> None:
        """Make everything. Raises ``TemplateError`` for what is not known here."""
        for name, resource in self._template.resources.items():
            kind = resource.get("Type")
            if kind is not None and kind not in NOTHING:
                self._thing(name)

    def environment(self) -> dict[str, str]:
        """The functions' environment."""
        return self._template.environment(self.look)

    def ref(self, name: str) -> str:
        """What ``!Ref name`` gives."""
        return self.look.ref(name)

    def _thing(self, name: str) -> Made:
        if name in self._made:
            return self._made[name]
        if name in self._making:
            raise TemplateError(f"a cycle: {' -> '.join([*self._making, name])}")
        resource = self._template.resources.get(name)
        if resource is None:
            raise TemplateError(f"there is no {name} in the template")
        kind = resource.get("Type", "a function that the application does not have")
        if kind not in MAKERS:
            raise TemplateError(f"{name}: {kind} is not known here")
        self._making.append(name)
        properties = resolve(resource.get("Properties", {}), self.look)
        self._made[name] = MAKERS[kind](self._clients, properties)
        self._making.pop()
        return self._made[name]


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


def _configuration_set(clients: Clients, properties: Properties) -> Made:
    name = properties.pop("Name")
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


MAKERS: Mapping[str, Callable[[Clients, Properties], Made]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::SQS::Queue": _queue,
    "AWS::SNS::Topic": _topic,
    "AWS::KMS::Key": _key,
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::Cognito::UserPoolClient": _user_pool_client,
    "AWS::SES::ConfigurationSet": _configuration_set,
    "AWS::SES::ConfigurationSetEventDestination": _event_destination,
}
