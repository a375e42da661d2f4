"""Decryption of the codes that Cognito encrypts for custom senders (AWS Encryption SDK).

Cognito's messages are format 1 under a suite without key commitment (0x0378, signed), which the
SDK refuses unless told otherwise; hence ``REQUIRE_ENCRYPT_ALLOW_DECRYPT``. The SDK and boto3
behind it cost half a cold start, so they are imported with the first code: only the functions
that mail codes pay.
"""

from __future__ import annotations

import base64
import binascii
import logging
import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors import error_code
from chalicelib.errors import TryLater
from chalicelib.verification.model import CodeUnreadable

log = logging.getLogger(__name__)

POOL = "userpool-id"
"""The key in the encryption context that binds a code to its user pool."""
_DAMAGED = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
"""KMS's words for a data key that was never wrapped under our key."""


class KmsCodeDecryption:
    """``verification.model.CodeDecryption``: codes under the KMS key ``key_arn``.

    ``client`` yields the ``kms`` client.
    """

    def __init__(self, client: Callable[[], Any], key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn
        self._decrypt: Callable[[bytes], tuple[bytes, Any]] | None = None
        self._lock = threading.Lock()

    def decrypt(self, ciphertext: str, pool: str) -> str:
        """The code in ``ciphertext`` (base64). Errors quote neither of the two."""
        try:
            message = base64.b64decode(ciphertext, validate=True)
        except (binascii.Error, ValueError):
            raise CodeUnreadable("not base64") from None
        with self._lock:
            decrypt = self._decrypt = self._decrypt or _decryptor(self._client(), self._key_arn)
        try:
            plain, header = decrypt(message)
        except TryLater:
            raise
        except BotoCoreError as error:
            log.warning("KMS did not answer: %s", type(error).__name__)
            raise TryLater() from None
        except Exception as error:
            # Whatever bytes came, the SDK fails on them in many ways: struct errors,
            # signature errors, its own. Their text may quote the message.
            raise CodeUnreadable(f"cannot be opened: {type(error).__name__}") from None
        if header.encryption_context.get(POOL) != pool:
            raise CodeUnreadable("made for another user pool")
        try:
            code = plain.decode("ascii")
        except UnicodeDecodeError:
            code = ""
        if not code.isdigit():
            raise CodeUnreadable("holds no code")
        return code


def _decryptor(client: Any, key_arn: str) -> Callable[[bytes], tuple[bytes, Any]]:
    # The SDK logs a traceback for every message it refuses, and the encryption context of
    # every one it does not. What matters is in the errors raised here.
    logging.getLogger("aws_encryption_sdk").setLevel(logging.CRITICAL)

    from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
    from aws_encryption_sdk.exceptions import DecryptKeyError
    from aws_encryption_sdk.key_providers.kms import KMSMasterKey

    class OurKey(KMSMasterKey):  # type: ignore[misc]
        """One KMS key, whose trouble is told apart from a damaged message."""

        def _decrypt_data_key(self, *args: Any, **kwargs: Any) -> Any:
            try:
                return super()._decrypt_data_key(*args, **kwargs)
            except DecryptKeyError as error:
                cause = error.__cause__
                if isinstance(cause, ClientError) and error_code(cause) not in _DAMAGED:
                    log.error("KMS refused to decrypt: %s", error_code(cause))
                    raise TryLater() from None
                raise

    sdk = EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
        # Cognito wraps under one key. More could be somebody's way to have us ask KMS a lot.
        max_encrypted_data_keys=1,
    )
    key = OurKey(key_id=key_arn, client=client)

    def decrypt(message: bytes) -> tuple[bytes, Any]:
        plain, header = sdk.decrypt(source=message, key_provider=key)
        return plain, header

    return decrypt
