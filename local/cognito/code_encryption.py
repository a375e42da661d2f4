"""Encryption of a confirmation code for the custom e-mail sender (AWS Encryption SDK)."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any


class CodeEncryption:
    """Encryption as Cognito's: algorithm 0x0378, signed, *not* key-committing, framed at 4096,
    one data key, ``userpool-id`` in the context. (A message of Cognito's, decoded.)

    A default client of the SDK refuses such a message; one that was committing
    would prove nothing.
    """

    def __init__(self, kms: Callable[[], Any]) -> None:
        """``kms`` gives a botocore client when it is first needed."""
        self._kms = kms
        self._lock = threading.Lock()
        self._keys: dict[str, Any] = {}

    def encrypt(self, code: str, pool_id: str, key_arn: str) -> str:
        """Encrypt ``code`` under the pool's KMS key; base64."""
        from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
        from aws_encryption_sdk.identifiers import Algorithm

        client = EncryptionSDKClient(
            commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
        )
        ciphertext, _ = client.encrypt(
            source=code.encode(),
            key_provider=self._key(key_arn),
            algorithm=Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384,
            encryption_context={"userpool-id": pool_id},
            frame_length=4096,
        )
        return base64.b64encode(ciphertext).decode()

    def _key(self, arn: str) -> Any:
        from aws_encryption_sdk.key_providers.kms import KMSMasterKey

        with self._lock:
            if arn not in self._keys:
                self._keys[arn] = KMSMasterKey(key_id=arn, client=self._kms())
            return self._keys[arn]
