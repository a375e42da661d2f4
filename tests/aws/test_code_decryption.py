"""Codes as Cognito encrypts them, opened; and everything else refused without a trace of it."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from aws_encryption_sdk import CommitmentPolicy
from aws_encryption_sdk.identifiers import Algorithm
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.code_decryption import KmsCodeDecryption
from chalicelib.errors import TryLater
from chalicelib.verification.model import CodeUnreadable
from tests.aws.stack import Stack, stack
from tests.in_memory.courier import POOL


@pytest.fixture(scope="module")
def aws() -> Iterator[Stack]:
    with stack() as made:
        yield made


@pytest.fixture(scope="module")
def code_decryption(aws: Stack) -> KmsCodeDecryption:
    return KmsCodeDecryption(lambda: aws.kms, aws.key)


def test_a_code_as_cognito_encrypts_it_is_opened(
    aws: Stack, code_decryption: KmsCodeDecryption
) -> None:
    sealed = aws.seal("012345")
    message = base64.b64decode(sealed)
    # Format 1, customer authenticated data, suite 0x0378: what facts about real events say.
    assert message[:4] == b"\x01\x80\x03\x78"
    assert code_decryption.decrypt(sealed, POOL) == "012345"


def test_a_committing_message_is_opened_too(aws: Stack, code_decryption: KmsCodeDecryption) -> None:
    """Should Cognito move to the newer suite, codes keep arriving."""
    sealed = aws.seal(
        "864209",
        algorithm=Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
        policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
    )
    assert code_decryption.decrypt(sealed, POOL) == "864209"


def refused(
    code_decryption: KmsCodeDecryption, sealed: str, caplog: pytest.LogCaptureFixture
) -> str:
    """Why ``sealed`` was refused, after making sure that nothing of it shows anywhere."""
    # botocore logs requests at DEBUG, keys and all: no level for production.
    caplog.set_level(logging.INFO)
    caplog.clear()
    with pytest.raises(CodeUnreadable) as error:
        code_decryption.decrypt(sealed, POOL)
    assert error.value.__suppress_context__ or error.value.__context__ is None
    shown = str(error.value) + caplog.text
    assert "864209" not in shown
    assert not sealed or sealed[:40] not in shown
    assert "Traceback" not in caplog.text
    return str(error.value)


def test_a_code_of_another_pool_is_refused(
    aws: Stack, code_decryption: KmsCodeDecryption, caplog: pytest.LogCaptureFixture
) -> None:
    sealed = aws.seal("864209", pool=f"{POOL}2")
    assert refused(code_decryption, sealed, caplog) == "made for another user pool"


def test_a_code_under_another_key_is_refused(
    aws: Stack, code_decryption: KmsCodeDecryption, caplog: pytest.LogCaptureFixture
) -> None:
    assert "cannot be opened" in refused(
        code_decryption, aws.seal("864209", key=aws.new_key()), caplog
    )


def test_a_second_data_key_is_refused(
    aws: Stack, code_decryption: KmsCodeDecryption, caplog: pytest.LogCaptureFixture
) -> None:
    sealed = aws.seal("864209", more_keys=1)
    assert "MaxEncryptedDataKeysExceeded" in refused(code_decryption, sealed, caplog)


@pytest.mark.parametrize("plain", ["", "12345a", "<a href='x'>", "１２３４５６"])
def test_what_is_no_code_is_refused(
    aws: Stack, code_decryption: KmsCodeDecryption, caplog: pytest.LogCaptureFixture, plain: str
) -> None:
    assert refused(code_decryption, aws.seal(plain), caplog) == "holds no code"


@pytest.mark.parametrize("garbage", ["", "!", "AAAA", "ÄÖ", "AYAD", "A" * 10_001])
def test_garbage_is_refused(
    code_decryption: KmsCodeDecryption, caplog: pytest.LogCaptureFixture, garbage: str
) -> None:
    refused(code_decryption, garbage, caplog)


def test_base64_with_anything_else_in_it_is_refused(
    aws: Stack, code_decryption: KmsCodeDecryption, caplog: pytest.LogCaptureFixture
) -> None:
    sealed = aws.seal("864209")
    assert refused(code_decryption, f"{sealed[:50]}\n!{sealed[50:]}", caplog) == "not base64"


def test_no_damaged_message_yields_a_code(aws: Stack, code_decryption: KmsCodeDecryption) -> None:
    message = base64.b64decode(aws.seal("864209"))

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, len(message) - 1), st.integers(1, 255))
    def damaged(place: int, change: int) -> None:
        broken = bytearray(message)
        broken[place] ^= change
        # TryLater where KMS says of the broken data key that we may not use its key.
        with pytest.raises((CodeUnreadable, TryLater)):
            code_decryption.decrypt(base64.b64encode(broken).decode(), POOL)

    damaged()


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 300))
def test_a_shortened_message_is_refused(
    aws: Stack, code_decryption: KmsCodeDecryption, cut: int
) -> None:
    message = base64.b64decode(_whole(aws))
    with pytest.raises(CodeUnreadable):
        code_decryption.decrypt(
            base64.b64encode(message[: min(cut, len(message) - 1)]).decode(), POOL
        )


_made: list[str] = []


def _whole(aws: Stack) -> str:
    if not _made:
        _made.append(aws.seal("864209"))
    return _made[0]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("AccessDeniedException", 400),
        ("DisabledException", 409),
        ("KMSInternalException", 500),
    ],
)
def test_trouble_with_the_key_is_tried_again(
    aws: Stack, code_decryption: KmsCodeDecryption, code: str, status: int
) -> None:
    sealed = aws.seal("864209")
    with Stubber(aws.kms) as stub:
        stub.add_client_error("decrypt", code, http_status_code=status)
        with pytest.raises(TryLater):
            code_decryption.decrypt(sealed, POOL)
    assert code_decryption.decrypt(sealed, POOL) == "864209"


def test_kms_out_of_reach_is_tried_again(aws: Stack, code_decryption: KmsCodeDecryption) -> None:
    sealed = aws.seal("864209")

    def lose(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://kms.example")

    aws.kms.meta.events.register("before-call.kms.Decrypt", lose)
    try:
        with pytest.raises(TryLater):
            code_decryption.decrypt(sealed, POOL)
    finally:
        aws.kms.meta.events.unregister("before-call.kms.Decrypt", lose)


def test_a_data_key_that_kms_calls_damaged_is_refused(
    aws: Stack, code_decryption: KmsCodeDecryption, caplog: pytest.LogCaptureFixture
) -> None:
    sealed = aws.seal("864209")
    with Stubber(aws.kms) as stub:
        stub.add_client_error("decrypt", "InvalidCiphertextException", http_status_code=400)
        assert "cannot be opened" in refused(code_decryption, sealed, caplog)
