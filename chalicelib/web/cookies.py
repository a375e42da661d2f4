"""Cookies: the one place that reads and writes them.

On https every cookie is ``__Host-`` and Secure, so that no sibling subdomain and no plain-http
page can plant one (RFC 6265bis section 4.1.3.2); on http, which is one machine only, names are
plain. Everywhere else in the code a cookie's name is the plain one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

REGISTRATION = "todoku_registration"
ACCESS = "todoku_access"
REFRESH = "todoku_refresh"
LANGUAGE = "lang"
PROBE = "todoku_probe"
"""Says nothing but that cookies are kept."""
SIGNED_OUT = "todoku_signed_out"
"""The reference, for the page after signing out."""

REGISTRATION_AGE = 7 * 24 * 3600
"""Seconds; as long as an unconfirmed registration is kept."""
REFRESH_AGE = 30 * 24 * 3600
"""Seconds; the refresh token's life in the template (``RefreshTokenValidity``)."""
LANGUAGE_AGE = 365 * 24 * 3600
PROBE_AGE = 7 * 24 * 3600
"""Seconds that a page with the form may stay open."""
SIGNED_OUT_AGE = 5 * 60
"""Seconds: enough to write the reference down, little where others use the device."""

_PREFIX = "__Host-"
_NAME = re.compile(r"[A-Za-z0-9_]+")
# RFC 9110 section 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 6265 section 4.1.1, cookie-octet: no blanks, quotes, commas, semicolons, backslashes.
_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")


@dataclass(frozen=True)
class Cookie:
    """A cookie to set; ``value=None`` takes it away. ``max_age`` in seconds; a name is plain."""

    name: str
    value: str | None
    max_age: int = 0


def read(header: str, *, secure: bool) -> dict[str, str]:
    """The cookies of a ``Cookie`` header by plain name.

    On https only ``__Host-`` cookies are seen. What is no cookie is passed over, and so are two
    with one name: a browser keeps one for each host and path, so one of them was planted.

    Only space and tab are blanks, as for browsers: to strip what Python calls a blank would make
    one of ours out of a name that a browser let a sibling subdomain set.
    """
    found: dict[str, str] = {}
    twice: set[str] = set()
    for pair in header.split(";"):
        name, equals, value = pair.strip(" \t").partition("=")
        if secure:
            if not name.startswith(_PREFIX):
                continue
            name = name.removeprefix(_PREFIX)
        if not equals or not _TOKEN.fullmatch(name):
            continue
        if name in found:
            twice.add(name)
        found[name] = value.strip('"')
    return {name: value for name, value in found.items() if name not in twice}


def sent_name(name: str, *, secure: bool) -> str:
    """The name that a client sees of a cookie whose plain name is ``name``."""
    return f"{_PREFIX if secure else ''}{name}"


def write(cookie: Cookie, *, secure: bool) -> str:
    """The value of a ``Set-Cookie`` header.

    Raises ``ValueError`` when name or value could not stand in one (a newline, a semicolon):
    that is our mistake, never the client's.
    """
    value = cookie.value or ""
    if not _NAME.fullmatch(cookie.name) or not _VALUE.fullmatch(value):
        raise ValueError(f"not a cookie: {cookie.name!r}")
    gone = cookie.value is None
    parts = [
        f"{sent_name(cookie.name, secure=secure)}={value}",
        "Path=/",
        f"Max-Age={0 if gone else cookie.max_age}",
        # A link from another site must find the registration, which Strict hides. Lax goes along
        # with no other request of another site than such a GET, which changes nothing.
        "SameSite=Lax",
        "HttpOnly",
    ]
    if secure:
        parts.append("Secure")
    return "; ".join(parts)


def language(locale: str) -> Cookie:
    """The cookie that keeps the chosen language."""
    return Cookie(LANGUAGE, locale, LANGUAGE_AGE)
