"""Language negotiation: the one asked for by name, else the best of Accept-Language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from chalicelib.locales import LOCALES
from chalicelib.web.cookies import LANGUAGE, Cookie, language

DEFAULT = "ja"


def chosen(query: Mapping[str, str], cookies: Mapping[str, str]) -> str | None:
    """The one of ``LOCALES`` asked for by name: ``?lang=``, else the ``lang`` cookie.

    What is not a language we speak is passed over, never an error.
    """
    return next((it for it in (query.get("lang"), cookies.get(LANGUAGE)) if it in LOCALES), None)


def chosen_cookie(query: Mapping[str, str]) -> tuple[Cookie, ...]:
    """The cookie that keeps a language just chosen with ``?lang=``, if one was."""
    asked = query.get("lang")
    return (language(asked),) if asked in LOCALES else ()


@lru_cache(64)
def accepted(header: str) -> str:
    """The best match for an Accept-Language header (RFC 9110 section 12.5.4).

    ``ja-JP`` is ja and ``en-GB`` is en, but easy Japanese is given only to those who name
    ``ja-easy``: nobody is assumed to need it.
    """
    best, best_weight = DEFAULT, 0.0
    for name, weight in weighted(header):
        locale = _locale(name)
        if locale and weight > best_weight:
            best, best_weight = locale, weight
    return best


def weighted(header: str) -> list[tuple[str, float]]:
    """The members of an Accept-like header with their ``q``, in the order sent, lower case.

    A member whose ``q`` cannot be read counts as refused: ``q`` 0.
    """
    members = []
    for member in header.lower().split(","):
        name, *parameters = (part.strip() for part in member.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = _q(value.strip())
        if name:
            members.append((name, weight))
    return members


def _q(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0.0 <= value <= 1.0 else 0.0


def _locale(name: str) -> str | None:
    if name in LOCALES:
        return name
    language = name.split("-", 1)[0]
    return language if language in LOCALES else None
