"""Validation of Cognito's parameters: secret hash, password, attributes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Any

from moto.cognitoidp.models import CognitoIdpUserPoolAttribute

from local.cognito.errors import cognito_error
from local.cognito.user_directory import Client, Pool

_PASSWORD = re.compile(r"\S+.*\S+", re.DOTALL)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_RULES = {
    "RequireNumbers": (re.compile(r"[0-9]"), "numeric characters"),
    "RequireSymbols": (
        re.compile(r"[\^$*.\[\]{}()?\-\"!@#%&/\\,><':;|_~`+= ]"),
        "symbol characters",
    ),
    "RequireUppercase": (re.compile(r"[A-Z]"), "uppercase characters"),
    "RequireLowercase": (re.compile(r"[a-z]"), "lowercase characters"),
}


def check_secret_hash(client: Client, username: str, given: str | None) -> None:
    """Check a secret hash: HMAC-SHA256 of exactly the name that was sent and the client's id."""
    if not client.generate_secret:
        return
    if given is None:
        raise cognito_error(
            "NotAuthorized",
            f"Client {client.id} is configured with secret but SECRET_HASH was not received",
        )
    message = (username + client.id).encode()
    right = base64.b64encode(hmac.digest(client.secret.encode(), message, hashlib.sha256))
    if not hmac.compare_digest(right, given.encode()):
        raise cognito_error(
            "NotAuthorized", f"SecretHash does not match for the client: {client.id}"
        )


def check_password(pool: Pool, value: str) -> None:
    """Check a password: the API's own pattern, then the pool's policy."""
    if not _PASSWORD.fullmatch(value) or len(value) > 256:
        raise cognito_error(
            "InvalidParameter",
            "1 validation error detected: Value at 'password' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$",
        )
    policy: dict[str, Any] = pool.extended_config.get("Policies", {}).get("PasswordPolicy", {})
    if len(value) < int(policy.get("MinimumLength", 8)):
        raise _nonconforming("Password not long enough")
    for name, (pattern, what) in _RULES.items():
        if policy.get(name, False) and not pattern.search(value):
            raise _nonconforming(f"Password must have {what}")


def _nonconforming(why: str) -> Exception:
    return cognito_error("InvalidPassword", f"Password did not conform with policy: {why}")


def check_attributes(pool: Pool, names: Iterable[str]) -> None:
    """Check that the pool has these attributes: the standard ones, and those of its schema."""
    known = CognitoIdpUserPoolAttribute.STANDARD_SCHEMA.keys() | pool.schema_attributes.keys()
    for name in sorted(set(names) - known):
        raise cognito_error(
            "InvalidParameter",
            f"user.{name}: Attribute does not exist in the schema.\n",
        )


def check_new_user(pool: Pool, client: Client, username: str, attributes: dict[str, str]) -> None:
    """Check the name and attributes of a sign-up."""
    writable = client.extended_config.get("WriteAttributes")
    if writable is not None and not _within(attributes, writable):
        raise cognito_error("NotAuthorized", "A client attempted to write unauthorized attribute")
    check_attributes(pool, attributes)
    if "email" in pool.extended_config.get("AliasAttributes", []) and "@" in username:
        raise cognito_error(
            "InvalidParameter",
            "Username cannot be of email format, since user pool is configured for email alias.",
        )
    if "email" in attributes and not _EMAIL.fullmatch(attributes["email"]):
        raise cognito_error("InvalidParameter", "Invalid email address format.")


def _within(names: Iterable[str], allowed: Iterable[str]) -> bool:
    return set(names) <= set(allowed)
