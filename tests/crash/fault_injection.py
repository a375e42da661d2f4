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
    AGAIN = "its answer was lost, and the SDK's own second try met the first"


COUNTED = {
    FaultKind.KILLED: WRITES,
    FaultKind.LOST: ASKED,
    # A throttled table is told of like one whose answer was lost, and leaves what a process
    # killed just before leaves.
    FaultKind.REFUSED: ASKED - RECORDS,
    # Only the user pool's calls are not simply made once more.
    FaultKind.UNREACHED: USERS,
    FaultKind.CONFLICT: RECORDS,
    # The SDK makes a transaction twice under one token, and an update's condition holds again.
    FaultKind.AGAIN: frozenset({"PutItem"}),
}


def _conflict(call: str) -> Any:
    """What DynamoDB answers while another transaction holds an item."""
    if call != "TransactWriteItems":
        return {"Error": {"Code": "TransactionConflictException"}}
    reasons = [{"Code": "TransactionConflict"}]
    return {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}


class FaultInjection:
    """Faults one after another, each at the nth call that counts since the one before, to any of
    the clients."""

    def __init__(self) -> None:
        self._faults: list[tuple[FaultKind, int]] = []
        self.struck: list[str] = []
        """The calls that went wrong."""
        self.made: list[str] = []
        """Every call that may count, from ``arm`` until ``disarm``."""
        self._armed = False
        self.away: frozenset[str] = frozenset()
        """Services that cannot be reached, until somebody takes them out."""
        self.throttled: frozenset[str] = frozenset()
        """Calls that are refused, until somebody takes them out."""

    def watch(self, clients: Iterable[Any]) -> None:
        """Look at every call of these clients, and strike after everybody else has."""
        for client in clients:
            client.meta.events.register_first("before-call", self._before)
            client.meta.events.register_last("after-call", self._after)

    def arm(self, *faults: tuple[FaultKind, int]) -> None:
        """Strike at the nth call from now (from 1), and so on from there."""
        self._faults, self.struck, self.made, self._armed = list(faults), [], [], True

    def disarm(self) -> None:
        """Nothing more goes wrong."""
        self._faults, self._armed = [], False
        self.away = self.throttled = frozenset()

    def _before(self, model: Any, **_: Any) -> None:
        if self._armed and model.name in ASKED:
            self.made.append(model.name)
        if model.service_model.service_name in self.away:
            raise EndpointConnectionError(endpoint_url="https://aws.example")
        if model.name in self.throttled or self._is_it(FaultKind.REFUSED, model.name):
            refusal = {
                "Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(refusal, model.name)
        if self._is_it(FaultKind.CONFLICT, model.name):
            raise ClientError(_conflict(model.name), model.name)
        if self._is_it(FaultKind.UNREACHED, model.name):
            raise EndpointConnectionError(endpoint_url="https://aws.example")

    def _after(self, model: Any, **_: Any) -> None:
        if self._is_it(FaultKind.KILLED, model.name):
            raise Killed
        if self._is_it(FaultKind.AGAIN, model.name):
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, model.name)
        if self._is_it(FaultKind.LOST, model.name):
            raise ReadTimeoutError(endpoint_url="https://aws.example")

    def _is_it(self, way: FaultKind, call: str) -> bool:
        if not self._faults or self._faults[0][0] is not way or call not in COUNTED[way]:
            return False
        left = self._faults[0][1] - 1
        if left:
            self._faults[0] = (way, left)
            return False
        del self._faults[0]
        self.struck.append(call)
        return True
