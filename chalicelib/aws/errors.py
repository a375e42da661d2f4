"""Errors of AWS, as domain errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from chalicelib.errors import OutcomeUnknown, TodokuError, TryLater

THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""``TransactionConflict``: a transaction holds the item just now, and botocore does not try again.
Where the write has a condition it is a race (``versioned_table.py``)."""


def error_code(error: ClientError) -> str:
    """The service's own name for what went wrong, ``UsernameExistsException`` for example."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def aws_errors(
    known: Mapping[str, Callable[[], TodokuError]] | None = None,
    *,
    repeatable: bool = False,
    fails_after_all: bool = False,
) -> Iterator[None]:
    """Turn what a call raises into domain errors.

    ``known`` maps service codes to what makes the error to raise. Throttles and a service's own 5xx
    become ``TryLater``: nothing happened there. A lost answer becomes ``OutcomeUnknown``, or
    ``TryLater`` too where a call is ``repeatable``: safe to make once more whatever became of it.
    A 5xx is ``OutcomeUnknown`` where the call may have worked all the same (``fails_after_all``).
    Anything else is a defect of ours and is raised as ``RuntimeError`` with the code alone:
    a service's message, and botocore's about a parameter, may quote the address.
    """
    try:
        yield
    except ClientError as error:
        code = error_code(error)
        if known and code in known:
            raise known[code]() from None
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= 500 and code not in THROTTLES and fails_after_all:
            raise OutcomeUnknown(code) from None
        if code in THROTTLES or status >= 500:
            raise TryLater() from None
        raise RuntimeError(f"{error.operation_name} refused: {code}") from None
    except ParamValidationError:
        raise RuntimeError("botocore refused a parameter") from None
    except BotoCoreError as error:
        raise TryLater() if repeatable else OutcomeUnknown(type(error).__name__) from None
