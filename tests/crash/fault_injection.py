"""Ways in which a call to AWS goes wrong, at a call of one's choice."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

RECORDS = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})

USERS = frozenset(
    {
        "SignUp",
        "ConfirmSignUp",
        "ResendConfirmationCode",
        "AdminSetUserPassword",
        "AdminInitiateAuth",
        "AdminUpdateUserAttributes",
        "AdminDeleteUser",
    }
)

WRITES = RECORDS | USERS | {"SendMessage", "SendMessageBatch", "SendEmail"}
"""What changes anything. A process that dies before or after a read has done just as much."""

ASKED = WRITES | {"AdminGetUser"}
"""Calls whose failure is an answer of its own, besides."""


class Killed(BaseException):
    """The process was killed here. No ``except Exception`` catches it."""


class FaultKind(Enum):
    """How a call goes wrong."""

    KILLED = "killed after the call"
    LOST = "the call was made, its answer never came"
    REFUSED = "throttled, the call was not made"
    UNREACHED = "nobody knows that the call was not made"
    CONFLICT = "a transaction held the item, the call was not made"


COUNTED = {
    FaultKind.KILLED: WRITES,
    FaultKind.LOST: ASKED,
    # A throttled table is told of like one whose answer was lost, and leaves what a process
    # killed just before leaves.
    FaultKind.REFUSED: ASKED - RECORDS,
    # Only the user pool's calls are not simply made once more.
    FaultKind.UNREACHED: USERS,
    FaultKind.CONFLICT: RECORDS,
}


def _conflict(call: str) -> Any:
    """What DynamoDB answers while another transaction holds an item."""
    if call != "TransactWriteItems":
        return {"Error": {"Code": "TransactionConflictException"}}
    reasons = [{"Code": "TransactionConflict"}]
    return {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}


class FaultInjection:
    """One fault at the nth call that counts, to any of the clients."""

    def __init__(self) -> None:
        self._way: FaultKind | None = None
        self._left = 0
        self.struck: str | None = None
        """The call that went wrong."""
        self.made: list[str] = []
        """Every call that counts, since ``watch``."""
        self.away: frozenset[str] = frozenset()
        """Services that cannot be reached, until somebody takes them out."""

    def watch(self, clients: Iterable[Any]) -> None:
        """Look at every call of these clients, and strike after everybody else has."""
        for client in clients:
            client.meta.events.register_first("before-call", self._before)
            client.meta.events.register_last("after-call", self._after)

    def arm(self, way: FaultKind, n: int) -> None:
        """Strike once, at the nth call from now (from 1)."""
        self._way, self._left, self.struck, self.made = way, n, None, []

    def disarm(self) -> None:
        """Nothing more goes wrong."""
        self._way, self.away = None, frozenset()

    def _before(self, model: Any, **_: Any) -> None:
        if model.name in ASKED:
            self.made.append(model.name)
        if model.service_model.service_name in self.away:
            raise EndpointConnectionError(endpoint_url="https://aws.example")
        if self._way is FaultKind.REFUSED and self._is_it(model.name):
            refusal = {
                "Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(refusal, model.name)
        if self._way is FaultKind.CONFLICT and self._is_it(model.name):
            raise ClientError(_conflict(model.name), model.name)
        if self._way is FaultKind.UNREACHED and self._is_it(model.name):
            raise EndpointConnectionError(endpoint_url="https://aws.example")

    def _after(self, model: Any, **_: Any) -> None:
        if self._way is FaultKind.KILLED and self._is_it(model.name):
            raise Killed
        if self._way is FaultKind.LOST and self._is_it(model.name):
            raise ReadTimeoutError(endpoint_url="https://aws.example")

    def _is_it(self, call: str) -> bool:
        if self._way is None or call not in COUNTED[self._way]:
            return False
        self._left -= 1
        if self._left:
            return False
        self._way, self.struck = None, call
        return True
