"""The wiring of ``accounts``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.accounts.session import Sessions
    from chalicelib.factory import Services


class AccountServices:
    """Who has an account and is signed in to it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @cached_property
    def session(self) -> Sessions:
        """Who is signed in, and out again."""
        from chalicelib.accounts.session import Sessions, published_keys

        config = self._services.config
        issuer = f"https://cognito-idp.{config.region}.amazonaws.com/{config.pool_id}"
        return Sessions(
            accounts=self._services.adapters.users,
            key_of=published_keys(self._services.keys_url or f"{issuer}/.well-known/jwks.json"),
            issuer=issuer,
            client_id=config.client_id,
        )
