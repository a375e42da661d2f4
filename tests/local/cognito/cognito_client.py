"""Client of the local Cognito: calls it as the application does, and decrypts its codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.key_providers.kms import KMSMasterKey
from botocore.exceptions import ClientError

from local.server import LocalServer
from tests.local.sample_app import SampleApp

PASSWORD = "correct horse battery"


@dataclass
class CognitoClient:
    machine: LocalServer
    sample_app: SampleApp
    last: str = ""
    """Whose code was requested last; codes of others are another test's."""

    @property
    def client(self) -> Any:
        return self.machine.clients("cognito-idp")

    @property
    def pool(self) -> str:
        return self.machine.stack.ref("UserPool")

    @property
    def client_id(self) -> str:
        return self.machine.stack.ref("UserPoolClient")

    @property
    def secret(self) -> str:
        return self.machine.stack.lookup.attribute("UserPoolClient", "ClientSecret")

    def hash(self, name: str) -> str:
        return secret_hash(self.secret, name, self.client_id)

    def signed(self, name: str) -> dict[str, str]:
        return {"ClientId": self.client_id, "Username": name, "SecretHash": self.hash(name)}

    def sign_up(self, name: str, email: str = "", **more: Any) -> Any:
        self.last = name
        attributes = [{"Name": "email", "Value": email or f"{name}@gmail.com"}]
        parameters = self.signed(name) | {"Password": PASSWORD, "UserAttributes": attributes} | more
        return self.client.sign_up(**parameters)

    def event(self) -> dict[str, Any]:
        """What the custom sender was given next for the last name."""
        while True:
            event: dict[str, Any] = self.sample_app.codes.get(timeout=5)[0]
            if event["userName"] == self.last:
                return event

    def code(self) -> str:
        """The code in it."""
        return self.open(self.event()["request"]["code"])

    def open(self, sealed: str) -> str:
        sdk = aws_encryption_sdk.EncryptionSDKClient(
            commitment_policy=aws_encryption_sdk.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
        )
        key = KMSMasterKey(
            key_id=self.machine.stack.lookup.attribute("CodeKey", "Arn"),
            client=self.machine.clients("kms"),
        )
        plain, _ = sdk.decrypt(source=base64.b64decode(sealed), key_provider=key)
        return str(plain.decode())

    def confirm(self, name: str, code: str, **more: Any) -> None:
        self.client.confirm_sign_up(**self.signed(name), ConfirmationCode=code, **more)

    def resend(self, name: str) -> Any:
        self.last = name
        return self.client.resend_confirmation_code(**self.signed(name))

    def proven(self, name: str, email: str = "") -> None:
        """A user who entered the right code."""
        self.sign_up(name, email)
        self.confirm(name, self.code())

    def user(self, name: str) -> dict[str, str]:
        """The status and the attributes."""
        found = self.client.admin_get_user(UserPoolId=self.pool, Username=name)
        attributes = {a["Name"]: a["Value"] for a in found["UserAttributes"]}
        return attributes | {"status": found["UserStatus"], "name": found["Username"]}

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> Any:
        parameters = {"USERNAME": name, "PASSWORD": password, "SECRET_HASH": self.hash(name)}
        return self.client.admin_initiate_auth(
            UserPoolId=self.pool,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters=parameters | more,
        )


def secret_hash(secret: str, name: str, client_id: str) -> str:
    """HMAC-SHA256 of name and client, as Cognito wants it from a client with a secret."""
    digest = hmac.digest(secret.encode(), (name + client_id).encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


@contextmanager
def raises_cognito(kind: str) -> Iterator[None]:
    """Passes when the call inside raises that exception of Cognito's."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == f"{kind}Exception"


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
