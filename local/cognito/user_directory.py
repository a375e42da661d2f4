"""User directory of Cognito's pools: names and aliases, without regard to case."""

from __future__ import annotations

import threading
from typing import Any

from moto.cognitoidp.models import CognitoIdpBackend, cognitoidp_backends

from local.cognito.errors import alias_exists, cognito_error, user_not_found

Pool = Any
Client = Any
User = Any
"""moto's own objects."""
Parameters = dict[str, Any]
"""Parameters of an operation, as they came."""


class UserDirectory:
    """Directory of the pools, clients and users of one account and region.

    moto finds users by exact name only, and never by alias. Here the name comes first, then
    the alias, and an alias resolves only while its owner's address is verified.
    """

    def __init__(self, account: str, region: str) -> None:
        self._account = account
        self._region = region
        self._names: dict[tuple[str, str], User] = {}
        self._owners: dict[tuple[str, str], User] = {}
        self._locks: dict[tuple[str, str], threading.RLock] = {}
        self._alias = threading.RLock()

    @property
    def backend(self) -> CognitoIdpBackend:
        """moto's backend."""
        return cognitoidp_backends[self._account][self._region]

    def pool(self, pool_id: str) -> Pool:
        """The pool with this id. Raises ResourceNotFound."""
        pool = self.backend.user_pools.get(pool_id)
        if pool is None:
            raise cognito_error("ResourceNotFound", f"User pool {pool_id} does not exist.")
        return pool

    def client(self, client_id: str, pool_id: str | None = None) -> tuple[Pool, Client]:
        """The app client and its pool. Unsigned operations know the client only."""
        for pool in list(self.backend.user_pools.values()):
            if client_id in pool.clients and pool_id in (None, pool.id):
                return pool, pool.clients[client_id]
        raise cognito_error("ResourceNotFound", f"User pool client {client_id} does not exist.")

    def lock(self, pool: Pool, name: str) -> threading.RLock:
        """Lock of one user: one operation at a time. Never held while a trigger runs."""
        return self._locks.setdefault((pool.id, name.lower()), threading.RLock())

    def find(self, pool: Pool, name: str) -> User | None:
        """Find a user by name, else by verified alias."""
        user = self._names.get((pool.id, name.lower())) or pool.users.get(name)
        return user or self.owner(pool, name)

    def get(self, pool: Pool, name: str) -> User:
        """``find``, but raises UserNotFound."""
        user = self.find(pool, name)
        if user is None:
            raise user_not_found()
        return user

    def owner(self, pool: Pool, email: str) -> User | None:
        """The user with this verified address as alias."""
        return self._owners.get((pool.id, email.lower()))

    def add(self, pool: Pool, user: User) -> None:
        """Add a user. Raises UsernameExists, whatever the case of the letters."""
        key = (pool.id, user.username.lower())
        if key in self._names or user.username in pool.users:
            raise cognito_error("UsernameExists", "User already exists")
        pool.users[user.username] = user
        self._names[key] = user

    def remove(self, pool: Pool, user: User) -> None:
        """Remove a user; its alias is free then."""
        with self._alias:
            self._names.pop((pool.id, user.username.lower()), None)
            pool.users.pop(user.username, None)
            for key, owner in list(self._owners.items()):
                if owner is user:
                    del self._owners[key]

    def write(self, pool: Pool, user: User, attributes: dict[str, str], force: bool) -> None:
        """Write a user's attributes; a verified address becomes the user's alias.

        Raises AliasExists when it is another's, unless ``force``: then it moves, and the
        other's address is no longer verified.
        """
        after = {**user.attribute_lookup, **attributes}
        email = after.get("email", "").lower()
        with self._alias:
            before = user.attribute_lookup.get("email", "").lower()
            if email and after.get("email_verified") == "true":
                owner = self.owner(pool, email)
                if owner is not None and owner is not user:
                    if not force:
                        raise alias_exists()
                    owner.update_attributes([{"Name": "email_verified", "Value": "false"}])
                self._owners[pool.id, email] = user
            elif self.owner(pool, email) is user:
                del self._owners[pool.id, email]
            if before and before != email and self.owner(pool, before) is user:
                del self._owners[pool.id, before]
            user.update_attributes([{"Name": k, "Value": v} for k, v in attributes.items()])
