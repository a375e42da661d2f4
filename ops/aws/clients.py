"""botocore clients for the commands, with retries and timeouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.config import Config
from botocore.session import Session

Clients = Callable[[str, str], Any]
"""Service and region to a botocore client."""

_CONFIG = Config(
    # Throttling and lost answers: every call here may be repeated, or carries a token.
    retries={"mode": "standard", "total_max_attempts": 6},
    connect_timeout=10,
    read_timeout=60,
)


def aws_clients(session: Session | None = None) -> Clients:
    """Clients of the account that AWS_PROFILE (or whatever botocore finds) names."""
    session = session or Session()
    made: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str) -> Any:
        if (service, region) not in made:
            made[service, region] = session.create_client(
                service, region_name=region, config=_CONFIG
            )
        return made[service, region]

    return client
