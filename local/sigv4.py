"""Signature Version 4: the scope of a request's signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([a-z0-9-]+)/")


@dataclass(frozen=True)
class SigV4Signature:
    """A signature's scope; ``key`` is the access key's id."""

    key: str
    region: str
    service: str


def parse_signature(environ: Mapping[str, Any]) -> SigV4Signature | None:
    """The signature of a request, from its WSGI environment; ``None`` when nobody signed."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return SigV4Signature(*found.groups()) if found else None
