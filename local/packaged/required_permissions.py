"""Permissions that a request to AWS requires, read from the request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.session import Session

from local.packaged.iam_policies import PermissionRequest
from local.sigv4 import parse_signature

_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_ONE_KEY = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"}
_PARTITION = re.compile(r"(?:id|due_shard) = (:\w+)(?: AND .*)?")
"""How a query names its partition: of a table, or of the index of what is due."""


class UnknownOperation(Exception):
    """An operation whose permission is not known here; the message names it."""


def caller(environ: Mapping[str, Any]) -> str | None:
    """Access key id of the request's signature; ``None`` when it is not signed."""
    signed = parse_signature(environ)
    return signed.key if signed else None


def allows_unsigned(environ: Mapping[str, Any]) -> bool:
    """Whether the operation needs no signature (``SignUp``: whoever knows the client), or it
    is the user pool's public keys."""
    if environ["PATH_INFO"].endswith("/.well-known/jwks.json"):
        return True
    service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    return service == "AWSCognitoIdentityProviderService" and operation in _open_operations()


def permissions_for(
    environ: Mapping[str, Any], body: bytes, account: str
) -> list[PermissionRequest]:
    """All permissions that a signed request requires. Raises ``UnknownOperation``."""
    signed = parse_signature(environ)
    if signed is None:
        raise UnknownOperation("nobody signed the request")
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    parameters = json.loads(body or b"{}")
    where = f"{signed.region}:{account}"
    match signed.service:
        case "dynamodb":
            return list(_dynamodb(operation, parameters, where))
        case "sqs":
            queue = parameters["QueueUrl"].rpartition("/")[2]
            action = operation.removesuffix("Batch")  # a batch has no permission of its own
            return [PermissionRequest(f"sqs:{action}", f"arn:aws:sqs:{where}:{queue}")]
        case "kms":
            return [PermissionRequest(f"kms:{operation}", parameters["KeyId"])]
        case "cognito-idp":
            pool = parameters["UserPoolId"]
            return [
                PermissionRequest(
                    f"cognito-idp:{operation}", f"arn:aws:cognito-idp:{where}:userpool/{pool}"
                )
            ]
        case "ses" if environ["PATH_INFO"] == "/v2/email/outbound-emails":
            return list(_mail(parameters, where))
    raise UnknownOperation(f"{signed.service} {operation or environ['PATH_INFO']}")


def _dynamodb(
    operation: str, parameters: Mapping[str, Any], where: str
) -> Iterator[PermissionRequest]:
    if operation == "TransactWriteItems":
        # A transaction requires the permission of each of its writes, and none of its own.
        for write in parameters["TransactItems"]:
            ((kind, item),) = write.items()
            if kind not in _TRANSACTION:
                raise UnknownOperation(f"dynamodb {operation} {kind}")
            yield from _dynamodb(_TRANSACTION[kind], item, where)
        return
    if operation == "BatchGetItem":
        for name, asked in parameters["RequestItems"].items():
            keys = tuple(dict.fromkeys(key["id"]["S"] for key in asked["Keys"]))
            yield PermissionRequest(
                "dynamodb:BatchGetItem", f"arn:aws:dynamodb:{where}:table/{name}", keys
            )
        return
    table = f"arn:aws:dynamodb:{where}:table/{parameters['TableName']}"
    index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
    yield PermissionRequest(f"dynamodb:{operation}", table + index, (_key(operation, parameters),))


def _key(operation: str, parameters: Mapping[str, Any]) -> str:
    """The partition that a call names (``dynamodb:LeadingKeys``)."""
    if operation in _ONE_KEY:
        return str((parameters.get("Key") or parameters["Item"])["id"]["S"])
    named = _PARTITION.fullmatch(parameters.get("KeyConditionExpression", ""))
    if operation != "Query" or named is None:
        raise UnknownOperation(
            f"dynamodb {operation} {parameters.get('KeyConditionExpression', '')}"
        )
    return str(parameters["ExpressionAttributeValues"][named[1]]["S"])


def _mail(parameters: Mapping[str, Any], where: str) -> Iterator[PermissionRequest]:
    domain = parameters["FromEmailAddress"].rpartition("@")[2].strip("<> ")
    yield PermissionRequest("ses:SendEmail", f"arn:aws:ses:{where}:identity/{domain}")
    named = parameters.get("ConfigurationSetName")
    if named:
        yield PermissionRequest("ses:SendEmail", f"arn:aws:ses:{where}:configuration-set/{named}")


@cache
def _open_operations() -> frozenset[str]:
    model = Session().get_service_model("cognito-idp")
    return frozenset(
        name for name in model.operation_names if model.operation_model(name).auth_type == "none"
    )
