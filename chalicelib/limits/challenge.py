"""Proof of work (ALTCHA version 2): challenges made, solutions checked, each once.

PBKDF2 is what a browser can do fast without any library, so the page's script stays small.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import Clock
from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.limits.counters import Counters

ALGORITHM = "PBKDF2/SHA-256"
COST = 2_000
"""PBKDF2 rounds a try; 256 tries on average: a second or two on an old phone."""

LIFE = timedelta(minutes=20)


def new_challenge(secret: str, cost: int, expires: datetime) -> dict[str, Any]:
    """A challenge as JSON takes it, signed with ``secret``."""
    # Imported here: hardly any request needs it.
    from altcha import create_challenge

    challenge = create_challenge(
        ALGORITHM, cost, expires_at=int(expires.timestamp()), hmac_secret=secret
    )
    return dict(challenge.to_dict())


@dataclass(frozen=True, kw_only=True)
class Challenges:
    """Makes challenges and checks their solutions, each for the network that is to solve it: what
    one solved, another cannot spend."""

    pepper: bytes
    counters: Counters
    clock: Clock
    cost: int = COST

    def new(self, network: str, work: int = 1) -> dict[str, Any]:
        """A challenge for the network with this key, as JSON takes it; ``work`` times as hard."""
        return new_challenge(self._secret(network), self.cost * work, self.clock() + LIFE)

    def solved(self, solution: str, network: str, now: datetime, work: int = 1) -> bool:
        """Whether ``solution`` answers a challenge for ``network`` that was as hard, in time and
        for the first time."""
        from altcha import Payload, verify_solution

        if len(solution) > 4096:
            return False
        try:
            payload = Payload.from_base64(solution)
            parameters = payload.challenge.parameters
            # The signature covers the parameters; the algorithm is ours alone, or a signed
            # challenge of another kind might be cheaper.
            if parameters.algorithm != ALGORITHM or parameters.cost < self.cost * work:
                return False
            if not parameters.expires_at or parameters.expires_at <= now.timestamp():
                return False
            verified = bool(verify_solution(payload, self._secret(network)).verified)
        except Exception:
            # Whatever a stranger sends: the library parses it, and what it cannot parse is no
            # solution.
            return False
        used = hashlib.sha256(str(payload.challenge.signature).encode()).hexdigest()
        return verified and self.counters.once(f"altcha#{used}", now + LIFE)

    def _secret(self, network: str) -> str:
        """What signs the challenges of a network. Never the pepper itself: it is a library's."""
        return keyed_hash(self.pepper, "challenge", network)
