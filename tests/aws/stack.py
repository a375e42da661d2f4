"""The AWS side that the courier meets: moto in process, tables as the template says."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from aws_encryption_sdk import (
    CommitmentPolicy,
    EncryptionSDKClient,
    StrictAwsKmsMasterKeyProvider,
)
from aws_encryption_sdk.identifiers import Algorithm
from botocore.session import Session
from moto import mock_aws

from tests.in_memory.courier import POOL
from tests.in_memory.post import ROUTE

REGION = "ap-northeast-1"
TEMPLATE = Path(__file__).resolve().parents[2] / ".chalice" / "resources.yaml"


class _Loader(yaml.SafeLoader):
    """CloudFormation's YAML, its short functions left as their arguments."""


def _argument(loader: _Loader, _: str, node: yaml.Node) -> Any:
    match node:
        case yaml.ScalarNode():
            return loader.construct_scalar(node)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _argument)


class Stack:
    """Clients, tables and the key."""

    def __init__(self) -> None:
        self._session = session = Session()
        self.dynamodb, self.kms, self.ses = (
            session.create_client(service, region_name=REGION)
            for service in ("dynamodb", "kms", "sesv2")
        )
        self.key = self.new_key()
        self.ses.create_email_identity(EmailIdentity=ROUTE.sender)
        self.outbox: list[dict[str, Any]] = []
        self._asked: dict[str, Any] = {}
        events = self.ses.meta.events
        events.register("provide-client-params.sesv2.SendEmail", self._asking)
        events.register("after-call.sesv2.SendEmail", self._taken)

    def table(self, logical_id: str, of: str = "todoku") -> str:
        """Make one of the template's tables for a stack called ``of``; returns its name."""
        template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)
        properties = template["Resources"][logical_id]["Properties"]
        name = str(properties["TableName"]).replace("${AWS::StackName}", of)
        self.dynamodb.create_table(
            TableName=name,
            BillingMode=properties["BillingMode"],
            AttributeDefinitions=properties["AttributeDefinitions"],
            KeySchema=properties["KeySchema"],
        )
        return name

    def items(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table."""
        found: list[dict[str, Any]] = self.dynamodb.scan(TableName=table)["Items"]
        return found

    def new_key(self) -> str:
        """The ARN of a new KMS key."""
        return str(self.kms.create_key()["KeyMetadata"]["Arn"])

    def seal(
        self,
        code: str,
        pool: str = POOL,
        key: str = "",
        algorithm: Any = Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384,
        policy: Any = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT,
        more_keys: int = 0,
    ) -> str:
        """``code`` as Cognito encrypts it: format 1, signed, not committing; base64."""
        keys = [key or self.key, *(self.new_key() for _ in range(more_keys))]
        provider = StrictAwsKmsMasterKeyProvider(key_ids=keys, botocore_session=self._session)
        ciphertext, _header = EncryptionSDKClient(commitment_policy=policy).encrypt(
            source=code.encode(),
            key_provider=provider,
            encryption_context={"userpool-id": pool},
            algorithm=algorithm,
            frame_length=4096,
        )
        return base64.b64encode(ciphertext).decode()

    def _asking(self, params: dict[str, Any], **_: Any) -> None:
        self._asked = params

    def _taken(self, http_response: Any, **_: Any) -> None:
        if http_response.status_code == 200:
            self.outbox.append(self._asked)


@contextmanager
def stack() -> Iterator[Stack]:
    """A fresh one, gone afterwards."""
    with mock_aws():
        yield Stack()


class Killed(BaseException):
    """The process was killed here. No ``except Exception`` catches it."""


class Killer:
    """Kills the process before or after the nth call to any of the clients."""

    def __init__(self, stack: Stack) -> None:
        self._armed: tuple[str, int] | None = None
        self._calls = 0
        for client in (stack.dynamodb, stack.kms, stack.ses):
            for moment in ("before-call", "after-call"):
                client.meta.events.register_last(moment, self._call)

    def _call(self, event_name: str, **_: Any) -> None:
        if self._armed and event_name.startswith(self._armed[0]):
            self._calls += 1
            if self._calls == self._armed[1]:
                raise Killed

    def at(self, moment: str, n: int, work: Callable[[], object]) -> bool:
        """Run ``work``, killed at call ``n``; whether there was such a call."""
        self._armed, self._calls = (moment, n), 0
        try:
            work()
        except Killed:
            return True
        finally:
            self._armed = None
        return False
