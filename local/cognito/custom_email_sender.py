"""Cognito's custom e-mail sender trigger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.cognito.code_encryption import CodeEncryption
from local.cognito.user_directory import Client, Pool, User
from local.executor import Executor
from local.switches import Switches

InvokeAsync = Callable[[str, dict[str, Any]], None]
"""Invokes the function with this ARN asynchronously."""


class CustomEmailSender:
    """Invokes the custom e-mail sender of the pool's ``LambdaConfig`` with a code, asynchronously.

    With the switch ``triggers`` off, the invocation is lost, as when Lambda dropped it.
    """

    def __init__(
        self,
        encryption: CodeEncryption,
        invoke: InvokeAsync,
        executor: Executor,
        switches: Switches,
    ) -> None:
        self._encryption = encryption
        self._invoke = invoke
        self._executor = executor
        self._switches = switches

    def send(
        self,
        source: str,
        pool: Pool,
        client: Client,
        user: User,
        code: str,
        metadata: dict[str, str] | None,
    ) -> None:
        """Send ``code``. ``source`` is ``SignUp``, ``ResendCode`` …"""
        config = pool.extended_config.get("LambdaConfig", {})
        sender = config.get("CustomEmailSender")
        if sender is None or not self._switches.values.triggers:
            return
        event = {
            "version": "1",
            "triggerSource": f"CustomEmailSender_{source}",
            "region": pool.region,
            "userPoolId": pool.id,
            "userName": user.username,
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client.id},
            "request": {
                "type": "customEmailSenderRequestV1",
                "code": "",
                "clientMetadata": metadata,
                "userAttributes": {
                    **user.attribute_lookup,
                    "cognito:user_status": str(user.status.value),
                },
            },
            "response": {},
        }

        def encrypt_and_invoke() -> None:
            event["request"]["code"] = self._encryption.encrypt(code, pool.id, config["KMSKeyID"])
            self._invoke(sender["LambdaArn"], event)

        self._executor.submit(encrypt_and_invoke)
