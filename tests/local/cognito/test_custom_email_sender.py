"""The custom sender's event, and the envelope its code comes in."""

from __future__ import annotations

import base64
from typing import Any

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.exceptions import ActionNotAllowedError
from aws_encryption_sdk.identifiers import Algorithm
from aws_encryption_sdk.internal.formatting.deserialize import deserialize_header

from local.lambda_service import DEFAULT_RETRIES
from local.server import LocalServer
from tests.local.cognito.cognito_client import CognitoClient
from tests.local.sample_app import SampleApp


def header(sealed: str) -> object:
    from io import BytesIO

    return deserialize_header(BytesIO(base64.b64decode(sealed)))[0]


def test_the_event_is_what_cognito_sends(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name, ClientMetadata={"a": "b"})
    event = cognito.event()
    assert event["triggerSource"] == "CustomEmailSender_SignUp"
    assert event["userName"] == name
    assert event["userPoolId"] == cognito.pool
    assert event["region"] == "ap-northeast-1"
    assert event["callerContext"]["clientId"] == cognito.client_id
    request = event["request"]
    assert request["type"] == "customEmailSenderRequestV1"
    assert request["clientMetadata"] == {"a": "b"}
    attributes = request["userAttributes"]
    assert attributes["email"] == f"{name}@gmail.com"
    assert attributes["email_verified"] == "false"
    assert attributes["cognito:user_status"] == "UNCONFIRMED"
    assert attributes["sub"]


def test_a_resend_says_so(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    assert cognito.event()["request"]["clientMetadata"] is None
    cognito.resend(name)
    assert cognito.event()["triggerSource"] == "CustomEmailSender_ResendCode"


def test_the_envelope_is_the_one_cognito_writes(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    sealed = cognito.event()["request"]["code"]
    message = header(sealed)
    algorithm = message.algorithm  # type: ignore[attr-defined]
    assert algorithm is Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384
    assert algorithm.algorithm_id == 0x0378
    assert not algorithm.is_committing()
    assert message.version.value == 1  # type: ignore[attr-defined]
    assert message.frame_length == 4096  # type: ignore[attr-defined]
    assert len(message.encrypted_data_keys) == 1  # type: ignore[attr-defined]
    context = message.encryption_context  # type: ignore[attr-defined]
    assert set(context) == {"userpool-id", "aws-crypto-public-key"}
    assert context["userpool-id"] == cognito.pool


def test_a_default_client_of_the_sdk_refuses_it(cognito: CognitoClient, name: str) -> None:
    from aws_encryption_sdk.key_providers.kms import KMSMasterKey

    cognito.sign_up(name)
    sealed = base64.b64decode(cognito.event()["request"]["code"])
    key = KMSMasterKey(
        key_id=cognito.machine.stack.lookup.attribute("CodeKey", "Arn"),
        client=cognito.machine.clients("kms"),
    )
    with pytest.raises(ActionNotAllowedError):
        aws_encryption_sdk.EncryptionSDKClient().decrypt(source=sealed, key_provider=key)


def test_a_failing_sender_is_tried_twice_more(
    cognito: CognitoClient, sample_app: SampleApp, name: str
) -> None:
    sample_app.fail_codes = 2
    cognito.sign_up(name)
    events = [cognito.event() for _ in range(1 + DEFAULT_RETRIES)]
    assert events[0] == events[1] == events[2]
    assert not cognito.machine.functions.failures


def test_then_it_is_dropped_where_everyone_can_see_it(
    cognito: CognitoClient, machine: LocalServer, sample_app: SampleApp, name: str
) -> None:
    sample_app.fail_codes = 3
    cognito.sign_up(name)
    for _ in range(1 + DEFAULT_RETRIES):
        cognito.event()
    machine.functions.wait_for_failures(1)
    failure = machine.functions.failures.pop()
    assert failure.function == "SendCode"
    assert failure.event["userName"] == name
    assert "no code today" in failure.error


def test_with_the_switch_off_the_invocation_is_lost(
    cognito: CognitoClient, machine: LocalServer, sample_app: SampleApp, name: str
) -> None:
    machine.switches.set(triggers=False)
    cognito.sign_up(f"{name}-lost")
    machine.switches.set(triggers=True)
    cognito.sign_up(f"{name}-sent")
    users = [sample_app.codes.get(timeout=5)[0]["userName"]]
    while users[-1] != f"{name}-sent":
        users.append(sample_app.codes.get(timeout=5)[0]["userName"])
    assert f"{name}-lost" not in users


def test_no_lock_is_held_while_the_sender_calls_back(
    cognito: CognitoClient, sample_app: SampleApp, name: str
) -> None:
    confirmed: list[str] = []

    def confirm(event: dict[str, Any]) -> None:
        cognito.confirm(name, cognito.open(event["request"]["code"]))
        confirmed.append(event["userName"])

    sample_app.during_code = confirm
    try:
        cognito.sign_up(name)
        cognito.event()
    finally:
        sample_app.during_code = lambda event: None
    assert confirmed == [name]
    assert cognito.user(name)["status"] == "CONFIRMED"
