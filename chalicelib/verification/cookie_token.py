"""Token of a registration's cookie: how it is drawn, kept and renewed.

It names the registration and holds a secret, of which the record keeps the hash: a copy of the
table yields no cookies. With a correction and with the proof the secret becomes another one, in
the same write: a copy of the cookie that somebody kept is worth nothing from then on.

The answer with the new cookie may be lost. For some minutes the token before is exchanged for
the new one, but only for whoever sends once more what renewed it: the right code, or the same
correction.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.verification.model import Registration, Renewal

EXCHANGED_FOR = timedelta(minutes=10)
"""How long a token that was renewed may be exchanged for its successor."""


_TOKEN = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{32,64})")
"""Nothing else is looked up: other things stand in the same table."""


class Token(NamedTuple):
    """What the cookie holds, ``ID.SECRET``."""

    id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.id}.{self.secret}"

    @property
    def hash(self) -> str:
        """What the record keeps of the secret."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


class RegistrationWithToken(NamedTuple):
    """A registration, and the token for the cookie of its browser."""

    registration: Registration
    token: str


def parse_token(cookie: str | None) -> Token | None:
    """The token in a cookie's value; ``None`` when it is none."""
    found = _TOKEN.fullmatch(cookie or "")
    return Token(found[1], found[2]) if found else None


def draw_token() -> Token:
    """256 random bits, and a name."""
    return Token(secrets.token_hex(16), secrets.token_urlsafe(32))


def token_of_request(pepper: bytes, request: str) -> Token:
    """The token that a request gets however often it comes; ``request`` is not to be guessed."""
    return Token(keyed_hash(pepper, "id", request), keyed_hash(pepper, "secret", request))


def opens(registration: Registration, token: Token) -> bool:
    """Whether ``token`` is the registration's own."""
    return hmac.compare_digest(registration.token, token.hash)


def renewed(
    registration: Registration,
    token: Token,
    proof: str,
    pepper: bytes,
    now: datetime,
    lasts: timedelta = EXCHANGED_FOR,
) -> Registration:
    """The registration with the successor of ``token``; ``proof`` says what renews it, and the same
    once more has the same answer while it ``lasts``."""
    return replace(
        registration,
        token=_successor(token, proof, pepper).hash,
        renewal=Renewal(before=token.hash, until=now + lasts),
    )


def exchanged(
    registration: Registration, token: Token, proof: str, pepper: bytes, now: datetime
) -> Token | None:
    """The successor of ``token``, if that was renewed by ``proof`` and not long ago."""
    renewal = registration.renewal
    if renewal is None or now >= renewal.until:
        return None
    # Another token or another proof has another successor.
    successor = _successor(token, proof, pepper)
    return successor if opens(registration, successor) else None


def was_before(registration: Registration, token: Token) -> bool:
    """Whether ``token`` was the registration's own until it was renewed last."""
    renewal = registration.renewal
    return renewal is not None and hmac.compare_digest(renewal.before, token.hash)


def _successor(token: Token, proof: str, pepper: bytes) -> Token:
    return Token(token.id, keyed_hash(pepper, "successor", f"{token}:{proof}"))
