"""Provider cache, the ``domains`` table: who runs the mail of a domain, for a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.aws.versioned_table import VersionedTable
from chalicelib.courier.provider import CachedProvider


class ProviderCacheTable:
    """``courier.provider.ProviderCache`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._records = VersionedTable(
            client,
            table,
            CachedProvider,
            lambda cached: {"expires": {"N": str(int(cached.until.timestamp()))}},
        )

    def get(self, domain: str) -> CachedProvider | None:
        """What is remembered, perhaps no longer valid: deletion can take days."""
        stored = self._records.get(domain)
        return stored.value if stored else None

    def put(self, cached: CachedProvider) -> None:
        """Remember, over whatever was remembered before."""
        self._records.change(lambda _: cached, id=cached.domain)
