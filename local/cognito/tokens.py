"""Cognito's ID, access and refresh tokens, signed with the pool's key."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.cognito.confirmation_codes import UnixTime
from local.cognito.errors import cognito_error
from local.cognito.user_directory import Client, Pool, User

_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class SigningKey:
    """RSA signing key. ``jwk`` has everything in it, so that nobody has to recover primes."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(65537, 2048)
        self.id = secrets.token_urlsafe(12)
        marks = {"kid": self.id, "alg": "RS256", "use": "sig"}
        self.jwk = RSAAlgorithm.to_jwk(self.private, as_dict=True) | marks
        self.jwk.pop("key_ops", None)
        public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True) | marks
        public.pop("key_ops", None)
        self.jwks = json.dumps({"keys": [public]}).encode()


class TokenIssuer:
    """Issues, refreshes and revokes tokens, and keeps moto's own records of them up to date."""

    def __init__(self, key: SigningKey, time: UnixTime) -> None:
        self._key = key
        self._time = time
        self._refresh: dict[str, tuple[str, str, str, float]] = {}
        self._access: dict[str, tuple[str, float]] = {}

    def sign_in(self, pool: Pool, client: Client, user: User) -> dict[str, Any]:
        """Issue the tokens of a new session. ``ExpiresIn`` is in seconds, of the access token."""
        refresh, origin = secrets.token_urlsafe(48), str(uuid.uuid4())
        ends = self._time() + _life(client, "Refresh", 30, "days")
        self._refresh[refresh] = (client.id, user.username, origin, ends)
        pool.refresh_tokens[refresh] = (client.id, user.username, origin)
        return self._issue(pool, client, user, origin) | {"RefreshToken": refresh}

    def owner(self, pool: Pool, client: Client, refresh: str) -> str:
        """The user's name in a refresh token. Raises NotAuthorized."""
        found = self._refresh.get(refresh)
        if found is None or found[0] != client.id or not pool.refresh_tokens.get(refresh):
            raise cognito_error("NotAuthorized", "Invalid Refresh Token")
        if found[3] <= self._time():
            raise cognito_error("NotAuthorized", "Refresh Token has expired")
        return found[1]

    def refresh(self, pool: Pool, client: Client, user: User, refresh: str) -> dict[str, Any]:
        """New access and ID tokens of the same session, for a token that ``owner`` accepted."""
        return self._issue(pool, client, user, self._refresh[refresh][2])

    def revoke(self, pool: Pool, refresh: str) -> None:
        """Revoke a refresh token, and the access tokens of its session."""
        found = self._refresh.pop(refresh, None)
        pool.refresh_tokens.pop(refresh, None)
        if found is not None:
            self._forget_access(pool, origin=found[2])

    def sign_out(self, pool: Pool, user: User) -> None:
        """Revoke the tokens of all sessions of a user."""
        for refresh, (_, name, _, _) in list(self._refresh.items()):
            if name == user.username:
                self.revoke(pool, refresh)

    def holder(self, pool: Pool, access: str) -> str | None:
        """The user's name in an access token of this pool; ``None`` when it is not valid."""
        known = pool.access_tokens.get(access)
        if known is None or self._access[access][1] <= self._time():
            return None
        name: str = known[1]
        return name

    def _forget_access(self, pool: Pool, origin: str) -> None:
        for token, (from_origin, _) in list(self._access.items()):
            if from_origin == origin:
                del self._access[token]
                pool.access_tokens.pop(token, None)

    def _issue(self, pool: Pool, client: Client, user: User, origin: str) -> dict[str, Any]:
        now = int(self._time())
        access_life = _life(client, "Access", 1, "hours")
        common = {
            "sub": user.id,
            "iss": f"https://cognito-idp.{pool.region}.amazonaws.com/{pool.id}",
            "origin_jti": origin,
            "event_id": str(uuid.uuid4()),
            "auth_time": now,
            "iat": now,
        }
        access = self._sign(
            common
            | {
                "token_use": "access",
                "client_id": client.id,
                "scope": "aws.cognito.signin.user.admin",
                "username": user.username,
                "exp": now + access_life,
                "jti": str(uuid.uuid4()),
            }
        )
        identity = self._sign(
            common
            | {
                "token_use": "id",
                "aud": client.id,
                "cognito:username": user.username,
                "email": user.attribute_lookup.get("email", ""),
                "email_verified": user.attribute_lookup.get("email_verified") == "true",
                "exp": now + _life(client, "Id", 1, "hours"),
                "jti": str(uuid.uuid4()),
            }
        )
        self._access[access] = (origin, now + access_life)
        pool.access_tokens[access] = (client.id, user.username)
        return {
            "AccessToken": access,
            "IdToken": identity,
            "ExpiresIn": access_life,
            "TokenType": "Bearer",
        }

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key.private, "RS256", headers={"kid": self._key.id})


def _life(client: Client, which: str, otherwise: int, unit: str) -> int:
    """A token's life in seconds, from the client's settings."""
    config = client.extended_config
    validity = config.get(f"{which}TokenValidity") or otherwise
    units = config.get("TokenValidityUnits", {})
    usual = "days" if which == "Refresh" else "hours"
    chosen = units.get(f"{which}Token", usual if config.get(f"{which}TokenValidity") else unit)
    return int(validity) * _UNITS[chosen]
