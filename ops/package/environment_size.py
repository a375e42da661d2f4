"""The size of each function's environment: Lambda takes 4 KB of it, and refuses the deployment
of more when half of the stack is made.

The values are the stage's own; what AWS makes is as long as AWS makes it. Lambda measures the
variables as one JSON text: its own message of refusal quotes that (not verified on AWS).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from cloudformation.intrinsics import Lookup, Made, TemplateError, resolve
from cloudformation.template import Template
from ops.stage.settings import Stage

MAX_BYTES = 4096
_ACCOUNT = "1" * 12
_LARGEST = 3
"""Variables that a message names."""


def environment_errors(template: Template, stage: Stage) -> Iterator[str]:
    """A line for each function of ``template`` whose environment Lambda would refuse."""
    for function in template.of_type("AWS::Serverless::Function"):
        variables = environment(template, stage, function)
        size = environment_size(variables)
        if size > MAX_BYTES:
            sizes = {name: len(f"{name}{value}".encode()) for name, value in variables.items()}
            largest = sorted(sizes, key=lambda name: -sizes[name])[:_LARGEST]
            yield (
                f"The environment of {function} would have {size:,} bytes, Lambda takes"
                f" {MAX_BYTES:,}. Its largest variables:"
                f" {', '.join(f'{name} ({sizes[name]:,})' for name in largest)}. Shorten the"
                " settings that they are made of."
            )


def environment_size(variables: Mapping[str, str]) -> int:
    """Bytes of the variables, as Lambda counts them."""
    return len(json.dumps(variables, ensure_ascii=False, separators=(",", ":")).encode())


def environment(template: Template, stage: Stage, function: str) -> dict[str, str]:
    """The environment of ``function`` as the deployed stage would have it. Parameters that the
    stage must still be given are empty."""
    api = f"https://{'a' * 10}.execute-api.{stage.region}.amazonaws.com"
    declared = template.body["Parameters"]
    required = {name: "" for name, it in declared.items() if "Default" not in it}
    parameters = {
        **template.parameters({**required, "BaseUrl": api, **stage.service}),
        "AWS::StackName": stage.stack,
        "AWS::Region": stage.region,
        "AWS::AccountId": _ACCOUNT,
    }

    def made(name: str) -> Made:
        return _made(template, stage, name, look)

    def secret(arn: str) -> str:
        own = template.resources[arn.rpartition(":")[2]]["Properties"]
        return "x" * int(own["GenerateSecretString"]["PasswordLength"])

    look = Lookup(parameters, made, template.conditions, secret)
    return template.environment(look, function)


def _made(template: Template, stage: Stage, name: str, look: Lookup) -> Made:
    """A resource with a name, an id and attributes as long as AWS's."""
    resource = template.resources[name]
    match resource["Type"]:
        case "AWS::SQS::Queue":
            queue = resolve(resource["Properties"]["QueueName"], look)
            return Made(f"https://sqs.{stage.region}.amazonaws.com/{_ACCOUNT}/{queue}")
        case "AWS::KMS::Key":
            arn = f"arn:aws:kms:{stage.region}:{_ACCOUNT}:key/{'0' * 36}"
            return Made("0" * 36, {"Arn": arn})
        case "AWS::SecretsManager::Secret":
            return Made(f"arn:aws:secretsmanager:{stage.region}:{_ACCOUNT}:secret:{name}")
        case "AWS::Cognito::UserPool":
            return Made(f"{stage.region}_{'a' * 9}")
        case "AWS::Cognito::UserPoolClient":
            # The most that Cognito's API has room for.
            return Made("a" * 26, {"ClientSecret": "a" * 64})
    raise TemplateError(f"{name}: how long {resource['Type']} makes its names is not known here")
