"""The AWS side as the template says it is: moto, with the local Cognito."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.account import STACK
from tests.crash.cloud import Cloud, cloud


@pytest.fixture(scope="module")
def the_cloud() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def there(the_cloud: Cloud) -> Cloud:
    """Everything that the template names, empty."""
    the_cloud.forget()
    return the_cloud


@pytest.fixture
def dynamodb(there: Cloud) -> Any:
    return there.client("dynamodb")


@pytest.fixture
def items(dynamodb: Any) -> Callable[[str], list[dict[str, Any]]]:
    """Everything in one of the stack's tables."""

    def scan(table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = dynamodb.scan(TableName=f"{STACK}-{table}")["Items"]
        return sorted(found, key=lambda item: str(item["id"]["S"]))

    return scan
