"""A mail domain's key: an HMAC of the part of it that somebody registered."""

from __future__ import annotations

from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.identity.registrable_domain import registrable_domain
from chalicelib.identity.typos import is_mail_provider

_PROVIDERS = "~"
"""How the key of a mail provider's domain begins."""


def domain_key(domain: str, pepper: bytes) -> str:
    """The key of the domain that a mail goes to."""
    if is_mail_provider(domain):
        return _PROVIDERS + _key(domain, pepper)
    return _key(registrable_domain(domain), pepper)


def _key(domain: str, pepper: bytes) -> str:
    return keyed_hash(pepper, "domain", domain)[:16]


def is_commanded(key: str) -> bool:
    """Whether the domain with this key has somebody who commands all addresses in it and below.

    Nobody does of a mail provider's, so a stranger must not be able to spoil it for all others.
    """
    return bool(key) and not key.startswith(_PROVIDERS)
