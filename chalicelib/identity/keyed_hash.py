"""Keyed hash: the HMAC under the pepper that addresses, networks and codes are known by."""

from __future__ import annotations

import hmac


def keyed_hash(pepper: bytes, kind: str, text: str) -> str:
    """128 bits as hex. Hashes of different kinds have nothing to do with each other."""
    return hmac.digest(pepper, f"{kind}:{text}".encode(), "sha256")[:16].hex()
