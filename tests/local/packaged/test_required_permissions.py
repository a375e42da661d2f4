"""Which permissions a request requires is read from the request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.packaged import required_permissions
from local.packaged.iam_policies import PermissionRequest
from local.packaged.required_permissions import UnknownOperation, permissions_for

TABLES = "arn:aws:dynamodb:ap-northeast-1:1:table"


def request(service: str, target: str, path: str = "/") -> dict[str, Any]:
    scope = f"Work/20260124/ap-northeast-1/{service}/aws4_request"
    return {
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host",
        "HTTP_X_AMZ_TARGET": target,
        "PATH_INFO": path,
    }


def required_by(service: str, target: str, body: Any, path: str = "/") -> list[PermissionRequest]:
    return permissions_for(request(service, target, path), json.dumps(body).encode(), "1")


def test_the_caller_is_whose_key_signed() -> None:
    assert required_permissions.caller(request("sqs", "")) == "Work"
    assert required_permissions.caller({}) is None


def test_an_item_is_a_right_to_its_table_and_names_its_key() -> None:
    key = {"id": {"S": "ref#1"}}
    required = required_by("dynamodb", "DynamoDB_20120810.GetItem", {"TableName": "t", "Key": key})
    assert required == [PermissionRequest("dynamodb:GetItem", f"{TABLES}/t", ("ref#1",))]


def test_an_index_is_a_resource_of_its_own() -> None:
    body = {
        "TableName": "t",
        "IndexName": "due",
        "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
        "ExpressionAttributeValues": {":shard": {"S": "3"}, ":now": {"N": "1"}},
    }
    required = required_by("dynamodb", "DynamoDB_20120810.Query", body)
    assert required == [PermissionRequest("dynamodb:Query", f"{TABLES}/t/index/due", ("3",))]


def test_a_transaction_needs_the_right_to_each_of_its_writes() -> None:
    item = {"id": {"S": "a"}}
    writes = [
        {"Put": {"TableName": "t", "Item": item}},
        {"Delete": {"TableName": "u", "Key": item}},
    ]
    required = required_by(
        "dynamodb", "DynamoDB_20120810.TransactWriteItems", {"TransactItems": writes}
    )
    assert required == [
        PermissionRequest("dynamodb:PutItem", f"{TABLES}/t", ("a",)),
        PermissionRequest("dynamodb:DeleteItem", f"{TABLES}/u", ("a",)),
    ]


def test_a_batch_of_reads_needs_the_right_to_each_table_with_all_its_keys() -> None:
    keys = [{"id": {"S": "a"}}, {"id": {"S": "b"}}]
    required = required_by(
        "dynamodb", "DynamoDB_20120810.BatchGetItem", {"RequestItems": {"t": {"Keys": keys}}}
    )
    assert required == [PermissionRequest("dynamodb:BatchGetItem", f"{TABLES}/t", ("a", "b"))]


def test_a_batch_of_messages_needs_the_right_to_send_one() -> None:
    body = {"QueueUrl": "https://sqs/1/jobs", "Entries": []}
    assert required_by("sqs", "AmazonSQS.SendMessageBatch", body) == [
        PermissionRequest("sqs:SendMessage", "arn:aws:sqs:ap-northeast-1:1:jobs")
    ]


def test_a_mail_needs_the_identity_and_the_configuration_set() -> None:
    body = {"FromEmailAddress": "届く <a@b.example>", "ConfigurationSetName": "s"}
    assert required_by("ses", "", body, "/v2/email/outbound-emails") == [
        PermissionRequest("ses:SendEmail", "arn:aws:ses:ap-northeast-1:1:identity/b.example"),
        PermissionRequest("ses:SendEmail", "arn:aws:ses:ap-northeast-1:1:configuration-set/s"),
    ]


def test_a_query_names_its_partition_however_it_calls_it() -> None:
    body = {
        "TableName": "t",
        "KeyConditionExpression": "id = :reference",
        "ExpressionAttributeValues": {":reference": {"S": "code#X"}},
    }
    assert required_by("dynamodb", "DynamoDB_20120810.Query", body)[0].keys == ("code#X",)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("Query", {"TableName": "t", "KeyConditionExpression": "begins_with(id, :id)"}),
        ("Scan", {"TableName": "t"}),
        ("TransactWriteItems", {"TransactItems": [{"Merge": {"TableName": "t"}}]}),
    ],
)
def test_a_call_whose_partition_cannot_be_read_is_no_silent_yes(operation: str, body: Any) -> None:
    with pytest.raises(UnknownOperation, match=operation):
        required_by("dynamodb", f"DynamoDB_20120810.{operation}", body)


def test_what_nobody_here_knows_is_named() -> None:
    with pytest.raises(UnknownOperation, match="ses /v2/email/account"):
        required_by("ses", "", {}, "/v2/email/account")
    with pytest.raises(UnknownOperation, match="nobody signed"):
        permissions_for({}, b"", "1")


@pytest.mark.parametrize(
    ("target", "path", "fine"),
    [
        ("AWSCognitoIdentityProviderService.SignUp", "/", True),
        ("AWSCognitoIdentityProviderService.AdminDeleteUser", "/", False),
        ("DynamoDB_20120810.GetItem", "/", False),
        ("", "/pool/.well-known/jwks.json", True),
        ("", "/", False),
    ],
)
def test_only_what_asks_for_no_signature_goes_without(target: str, path: str, fine: bool) -> None:
    environ = {"HTTP_X_AMZ_TARGET": target, "PATH_INFO": path}
    assert required_permissions.allows_unsigned(environ) == fine
