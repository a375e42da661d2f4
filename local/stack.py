"""Everything the template names, made on the stand-in."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from cloudformation.intrinsics import Lookup, Made, TemplateError, resolve
from cloudformation.template import Template

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
        "AWS::Route53::RecordSet",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
        # The front answers for it, straight from the template; functions are made before.
        "AWS::Serverless::Api",
        "AWS::Serverless::Function",
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
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        """``parameters`` include the pseudo parameters (``AWS::StackName`` …); ``functions``
        maps the logical ids of Chalice's functions to their ARNs; ``secrets`` are values, by
        logical id, of secrets that are not to be random."""
        self._template = template
        self._clients = clients
        self._made = {name: Made(name, {"Arn": arn}) for name, arn in functions.items()}
        self._making: list[str] = []
        self._given = secrets or {}
        self._secrets: dict[str, str] = {}
        own = {k: v for k, v in parameters.items() if not k.startswith("AWS::")}
        pseudo = {k: v for k, v in parameters.items() if k.startswith("AWS::")}
        self.lookup = Lookup(
            template.parameters(own) | pseudo,
            self._resource,
            template.conditions,
            lambda arn: self._secrets[arn],
        )

    def create(self) -> None:
        """Create everything. Raises ``TemplateError`` for what is not known here."""
        for name, resource in self._template.resources.items():
            kind, condition = resource.get("Type"), resource.get("Condition")
            wanted = condition is None or self.lookup.condition(condition)
            if kind is not None and kind not in IGNORED_TYPES and wanted:
                self._resource(name)

    def environment(self, function: str | None = None) -> dict[str, str]:
        """The environment of ``function`` (a logical id), or of all functions in one."""
        return self._template.environment(self.lookup, function)

    def ref(self, name: str) -> str:
        """What ``!Ref name`` gives."""
        return str(self.lookup.ref(name))

    def _resource(self, name: str) -> Made:
        if name in self._made:
            return self._made[name]
        if name in self._making:
            raise TemplateError(f"a cycle: {' -> '.join([*self._making, name])}")
        resource = self._template.resources.get(name)
        if resource is None:
            raise TemplateError(f"there is no {name} in the template")
        kind = resource.get("Type", "a function that the application does not have")
        if kind == "AWS::SecretsManager::Secret":
            self._made[name] = self._secret(name)
            return self._made[name]
        if kind not in CREATORS:
            raise TemplateError(f"{name}: {kind} is not known here")
        self._making.append(name)
        properties = resolve(resource.get("Properties", {}), self.lookup)
        self._made[name] = CREATORS[kind](self._clients, properties)
        self._making.pop()
        return self._made[name]

    def _secret(self, name: str) -> Made:
        """Nothing reads a secret but the template itself, so it is kept here."""
        arn = f"arn:aws:secretsmanager:local:0:secret:{name}-{uuid.uuid4().hex[:6]}"
        self._secrets[arn] = self._given.get(name) or secrets.token_urlsafe(48)
        return Made(arn, {"Id": arn})


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
