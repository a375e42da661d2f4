"""botocore's clients: made once, patient for seconds only, careful with what must not repeat."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.exceptions import SSLError

from bench import aws_tls
from chalicelib.aws.clients import Clients
from local.account import REGION


@pytest.fixture(scope="module")
def clients() -> Clients:
    return Clients(REGION)


def test_a_client_is_made_once_for_each_service_and_region(clients: Clients) -> None:
    assert clients("sqs") is clients("sqs", REGION)
    assert clients("sesv2", "ap-northeast-3") is not clients("sesv2")
    assert clients("sesv2", "ap-northeast-3").meta.region_name == "ap-northeast-3"


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("dynamodb", "get_item", {"TableName": "t", "Key": {"id": {"S": "a"}}}),
        ("sqs", "send_message", {"QueueUrl": "https://127.0.0.1/q", "MessageBody": "{}"}),
    ],
)
def test_a_certificate_that_is_not_amazons_is_refused(
    service: str,
    call: str,
    arguments: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By ``AWS_CA_BUNDLE``, as the bundle sets it for every function."""
    roots = Path(botocore.__file__).with_name("cacert.pem")
    with aws_tls.serving(tmp_path) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.ca))
        getattr(Clients(REGION)(service), call)(**arguments)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(roots))
        with pytest.raises(SSLError):
            getattr(Clients(REGION)(service), call)(**arguments)


def test_threads_that_come_at_once_get_the_same_client() -> None:
    clients, start, got = Clients(REGION), threading.Barrier(8), list[Any]()

    def ask() -> None:
        start.wait()
        got.append(clients("sqs"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in got}) == 1


@pytest.mark.parametrize(
    ("service", "attempts"),
    [("cognito-idp", 1), ("sesv2", 1), ("dynamodb", 3), ("sqs", 3), ("kms", 3)],
)
def test_only_what_is_safe_to_repeat_is_repeated(
    clients: Clients, service: str, attempts: int
) -> None:
    config = clients(service).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": attempts}


@pytest.mark.parametrize("service", ["cognito-idp", "sesv2", "dynamodb", "sqs", "kms"])
def test_nobody_waits_a_minute_for_an_answer(clients: Clients, service: str) -> None:
    config = clients(service).meta.config
    assert config.connect_timeout <= 2
    assert config.connect_timeout + config.read_timeout <= 10
