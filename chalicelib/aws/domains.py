"""The ``domains`` table: who stands behind a mail domain, remembered for a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.aws.documents import DocumentTable
from chalicelib.courier.provider import Standing


class DomainTable:
    """``courier.provider.Domains`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._documents = DocumentTable(
            client,
            table,
            Standing,
            lambda standing: {"expires": {"N": str(int(standing.until.timestamp()))}},
        )

    def get(self, domain: str) -> Standing | None:
        """What is remembered, perhaps no longer valid: deletion can take days."""
        stored = self._documents.get(domain)
        return stored.value if stored else None

    def put(self, standing: Standing) -> None:
        """Remember, over whatever was remembered before."""
        self._documents.change(lambda _: standing, id=standing.domain)
