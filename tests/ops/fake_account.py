"""An account in which nothing is real but botocore: it checks what is asked and what is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.session import Session
from botocore.validate import validate_parameters

NUMBER = "123456789012"
_SESSION = Session()
"""One, as it reads the services' models once."""
Told = dict[str, Any] | Exception
Answer = Told | Callable[[str, dict[str, Any]], Told]


class AwsError(Exception):
    """An error that AWS answers with."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.parsed = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        self.status = status


class FakeAccount:
    """``answers`` by ``service.Operation``: what is told, or a function of region and
    parameters. An exception that is no ``AwsError`` is what the network does."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        """Operation, region and parameters of every call that was made."""
        self._made: dict[tuple[str, str], Any] = {}

    def clients(self, service: str, region: str) -> Any:
        """A botocore client of this account."""
        if (service, region) not in self._made:
            client = _SESSION.create_client(
                service, region, aws_access_key_id="x", aws_secret_access_key="x"
            )
            self._wire(client, service, region)
            self._made[service, region] = client
        return self._made[service, region]

    def asked(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of every call of one operation."""
        return [given for name, _, given in self.calls if name == operation]

    def _wire(self, client: Any, service: str, region: str) -> None:
        def note(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            context["given"] = copy.deepcopy(params)

        def answer(model: Any, context: dict[str, Any], **_: Any) -> Any:
            name, given = f"{service}.{model.name}", context["given"]
            self.calls.append((name, region, given))
            told = self.answers.get(name)
            if callable(told):
                try:
                    told = told(region, given)
                except AwsError as error:
                    told = error
            if isinstance(told, AwsError):
                return AWSResponse(None, told.status, {}, None), told.parsed
            if isinstance(told, Exception):
                raise told
            assert told is not None, f"{name} was not expected"
            if model.output_shape is not None:
                validate_parameters(told, model.output_shape)
            told = {**told, "ResponseMetadata": {"HTTPStatusCode": 200}}
            return AWSResponse(None, 200, {}, None), told

        client.meta.events.register_first("before-parameter-build.*.*", note)
        client.meta.events.register("before-call.*.*", answer)
