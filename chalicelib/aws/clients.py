"""botocore clients, each made when it is first needed, with time-outs that suit a form.

botocore's defaults wait 60 s a call and retry hourly caps; both are set here. Cognito's calls
are never retried by botocore: a retry after a lost answer turns a successful ``SignUp`` into
``UsernameExistsException``, and the queue repeats what is safe to repeat.
"""

from __future__ import annotations

import threading
from typing import Any

from botocore.config import Config as BotoConfig
from botocore.session import Session

DATA = BotoConfig(
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=64,
    retries={"mode": "standard", "total_max_attempts": 3},
)
ONCE = BotoConfig(
    connect_timeout=2,
    read_timeout=8,
    max_pool_connections=64,
    retries={"mode": "standard", "total_max_attempts": 1},
)


class Clients:
    """The process's clients. Safe to share between threads (the local server has many)."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._session: Session | None = None
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, service: str, region: str | None = None) -> Any:
        """The client of ``service`` (``dynamodb``, ``cognito-idp``, …) in ``region``."""
        where = region or self._region
        client = self._made.get((service, where))
        if client is None:
            with self._lock:
                client = self._made.get((service, where))
                if client is None:
                    client = self._make(service, where)
                    self._made[service, where] = client
        return client

    def _make(self, service: str, region: str) -> Any:
        if self._session is None:
            self._session = Session()
        once = service in ("cognito-idp", "sesv2")
        config = ONCE if once else DATA
        return self._session.create_client(service, region_name=region, config=config)

    def close(self) -> None:
        """Close the connections of every client; the next call makes new ones."""
        with self._lock:
            made, self._made = list(self._made.values()), {}
        for client in made:
            client.close()
