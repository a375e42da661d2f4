"""The AWS that cold starts talk to: real clients over real TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, SSLError

from bench import aws_tls
from bench.aws_tls import AwsTlsServer


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsTlsServer]:
    with aws_tls.serving(tmp_path_factory.mktemp("tls")) as server:
        yield server


def client(aws: AwsTlsServer, service: str, ca: Path | None = None) -> Any:
    return botocore.session.Session().create_client(
        service,
        region_name="ap-northeast-1",
        endpoint_url=aws.url,
        verify=str(ca or aws.ca),
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_nothing_is_there_yet(aws: AwsTlsServer) -> None:
    dynamodb = client(aws, "dynamodb")
    assert "Item" not in dynamodb.get_item(TableName="t", Key={"id": {"S": "a"}})
    found = dynamodb.query(
        TableName="t", KeyConditionExpression="id = :a", ExpressionAttributeValues={":a": {"S": ""}}
    )
    assert found["Items"] == []


def test_a_counter_counts_its_first(aws: AwsTlsServer) -> None:
    counted = client(aws, "dynamodb").update_item(
        TableName="t",
        Key={"id": {"S": "a"}},
        UpdateExpression="ADD #n :one",
        ExpressionAttributeNames={"#n": "asked"},
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    assert counted["Attributes"] == {"asked": {"N": "1"}}


def test_a_message_is_taken(aws: AwsTlsServer) -> None:
    sent = client(aws, "sqs").send_message(QueueUrl=f"{aws.url}/q", MessageBody="{}")
    assert sent["MessageId"]
    assert aws.asked[-1] == "AmazonSQS.SendMessage"


def test_what_it_does_not_know_is_an_error(aws: AwsTlsServer) -> None:
    with pytest.raises(ClientError):
        client(aws, "dynamodb").list_tables()


def test_its_certificate_is_really_checked(aws: AwsTlsServer) -> None:
    elsewhere = Path(botocore.__file__).with_name("cacert.pem")
    with pytest.raises(SSLError):
        client(aws, "dynamodb", elsewhere).get_item(TableName="t", Key={"id": {"S": "a"}})
