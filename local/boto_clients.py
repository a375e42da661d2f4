"""botocore clients of the local AWS side."""

from __future__ import annotations

import threading
from typing import Any

from botocore.config import Config as BotoConfig
from botocore.session import Session


class BotoClients:
    """botocore clients of moto, each created once. They never repeat a call.

    Without an ``endpoint`` they call AWS's own, as moto in the same process expects.
    """

    def __init__(self, endpoint: str | None, region: str) -> None:
        self._endpoint = endpoint
        self._region = region
        self._session = Session()
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, service: str, region: str | None = None) -> Any:
        """The client of ``service`` in ``region``, by default the local AWS side's."""
        where = region or self._region
        with self._lock:
            if (service, where) not in self._made:
                self._made[service, where] = self._session.create_client(
                    service,
                    region_name=where,
                    endpoint_url=self._endpoint,
                    config=BotoConfig(retries={"total_max_attempts": 1}),
                )
            return self._made[service, where]

    def close(self) -> None:
        """Close their connections."""
        with self._lock:
            for client in self._made.values():
                client.close()
