"""Sessions: who is signed in, by the access token and confirmed by the user pool.

PyJWT checks the signature against the pool's published keys, the issuer, the times, that it is
an access token, and that it is for our client. What a signature cannot know, that the session
was ended meanwhile, the pool is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.clock import CLOCKS_APART
from chalicelib.errors import NotSignedIn, TryLater
from chalicelib.identity.display import masked
from chalicelib.identity.reference import grouped


@dataclass(frozen=True)
class Who:
    """Who is signed in. ``email`` is masked."""

    reference: str
    email: str


class Accounts(Protocol):
    """The user pool, as this room sees it. Implemented by ``aws.cognito.CognitoUsers``."""

    def email(self, access_token: str) -> str | None:
        """The address of who holds the token; ``None``: it was revoked, or its account is gone."""

    def revoke(self, refresh: str) -> None:
        """End the session of this refresh token, its access tokens included."""

    def revoke_all(self, access_token: str) -> None:
        """End every session of who holds the token; a token that is none is passed over."""


Keys = Callable[[str], Any]
"""The public key that signed a token. Raises ``jwt.PyJWKClientError`` and its kin."""


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """``GET`` and ``DELETE /session``."""

    accounts: Accounts
    key_of: Keys
    issuer: str
    client_id: str

    def who(self, access_token: str | None) -> Who:
        """Raises ``NotSignedIn``, and ``TryLater`` when the keys cannot be had."""
        if not access_token:
            raise NotSignedIn()
        reference = str(self._claims(access_token)["username"]).upper()
        email = self.accounts.email(access_token)
        if email is None:
            raise NotSignedIn()
        return Who(reference=grouped(reference), email=masked(email))

    def sign_out(self, access_token: str | None, refresh_token: str | None) -> None:
        """Nothing renews this session any more, and its access tokens are refused.

        An access token alone does not say which session it is of, so all of its holder's end:
        who asks to be signed out must not stay signed in. Raises ``TryLater``.
        """
        if refresh_token:
            self.accounts.revoke(refresh_token)
        elif access_token:
            self.accounts.revoke_all(access_token)

    def _claims(self, token: str) -> dict[str, Any]:
        import jwt

        try:
            key = self.key_of(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self.issuer,
                # A token that was issued just now is one by a clock that is behind, too.
                leeway=CLOCKS_APART,
                # Cognito's access tokens have no audience; client_id stands for it.
                options={"require": ["exp", "iat"], "verify_aud": False},
            )
        except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, ValueError):
            # No answer, or one that is no set of keys (a token that is no JSON is a PyJWTError).
            raise TryLater() from None
        except jwt.PyJWTError:
            raise NotSignedIn() from None
        if claims.get("token_use") != "access" or claims.get("client_id") != self.client_id:
            raise NotSignedIn()
        return claims


def published_keys(url: str) -> Keys:
    """The pool's keys from their address, fetched once and kept."""
    import jwt

    client = jwt.PyJWKClient(url, cache_keys=True, timeout=3)
    return lambda token: client.get_signing_key_from_jwt(token).key
