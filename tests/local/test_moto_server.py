"""moto is safe for threads here, and slow or broken when asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from local.server import LocalServer

Aws = Callable[[str], Any]


@pytest.mark.usefixtures("restless")
def test_of_many_conditional_puts_one_wins(aws: Aws, name: str) -> None:
    dynamodb = aws("dynamodb")
    wins: list[int] = []
    errors: list[str] = []

    def put(n: int) -> None:
        try:
            dynamodb.put_item(
                TableName="todoku-domains",
                Item={"id": {"S": name}, "n": {"N": str(n)}},
                ConditionExpression="attribute_not_exists(id)",
            )
            wins.append(n)
        except ClientError as error:
            errors.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=put, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert errors == ["ConditionalCheckFailedException"] * 15


@pytest.mark.usefixtures("restless")
def test_no_addition_is_lost(aws: Aws, name: str) -> None:
    dynamodb = aws("dynamodb")

    def add() -> None:
        for _ in range(5):
            dynamodb.update_item(
                TableName="todoku-counters",
                Key={"id": {"S": name}},
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    item = dynamodb.get_item(TableName="todoku-counters", Key={"id": {"S": name}})["Item"]
    assert item["n"]["N"] == "40"


def test_a_service_is_slow_when_asked_and_the_others_are_not(
    machine: LocalServer, aws: Aws
) -> None:
    cognito, sqs = aws("cognito-idp"), aws("sqs")
    sqs.list_queues()
    machine.switches.set(cognito_ms=1000)
    began = time.perf_counter()
    cognito.describe_user_pool(UserPoolId=machine.stack.ref("UserPool"))
    slow = time.perf_counter() - began
    began = time.perf_counter()
    sqs.list_queues()
    assert slow >= 1 > time.perf_counter() - began


def test_unsigned_calls_of_cognito_are_slow_too(machine: LocalServer, aws: Aws) -> None:
    machine.switches.set(cognito_ms=200)
    began = time.perf_counter()
    with pytest.raises(ClientError):
        aws("cognito-idp").confirm_sign_up(
            ClientId=machine.stack.ref("UserPoolClient"), Username="X", ConfirmationCode="1"
        )
    assert time.perf_counter() - began >= 0.2


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("cognito-idp", lambda c: c.list_user_pools(MaxResults=1), "TooManyRequestsException"),
        ("sesv2", lambda c: c.list_configuration_sets(), "TooManyRequestsException"),
        ("dynamodb", lambda c: c.list_tables(), "ProvisionedThroughputExceededException"),
        ("sqs", lambda c: c.list_queues(), "RequestThrottled"),
        ("kms", lambda c: c.list_keys(), "ThrottlingException"),
    ],
)
def test_a_throttled_service_says_so_in_its_own_way(
    machine: LocalServer, aws: Aws, service: str, call: Callable[[Any], Any], code: str
) -> None:
    client = aws(service)
    switch = {"cognito-idp": "cognito", "sesv2": "ses"}.get(service, service)
    machine.switches.set(**{f"{switch}_fail": "throttle"})
    with pytest.raises(ClientError) as caught:
        call(client)
    assert caught.value.response["Error"]["Code"] == code
    machine.switches.set(**{f"{switch}_fail": "unavailable"})
    with pytest.raises(ClientError) as caught:
        call(client)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_connection_is_kept(machine: LocalServer) -> None:
    web = HTTPConnection(urlsplit(machine.aws_url).netloc, timeout=5)
    for _ in range(2):
        web.request("GET", f"/{machine.stack.ref('UserPool')}/.well-known/jwks.json")
        answer = web.getresponse()
        assert (answer.status, answer.read()[:1]) == (200, b"{")
        assert web.sock is not None
    web.close()


def test_what_moto_cannot_do_is_an_error_and_no_silence(aws: Aws) -> None:
    with pytest.raises(ClientError) as caught:
        aws("cognito-idp").list_devices(AccessToken="x")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_lost_response_is_of_a_call_that_worked(
    machine: LocalServer, aws: Aws, name: str
) -> None:
    dynamodb = aws("dynamodb")
    machine.switches.set(dynamodb_fail="lose_response")
    with pytest.raises(ConnectionClosedError):
        dynamodb.put_item(TableName="todoku-domains", Item={"id": {"S": name}})
    machine.switches.set(dynamodb_fail=None)
    assert "Item" in dynamodb.get_item(TableName="todoku-domains", Key={"id": {"S": name}})
