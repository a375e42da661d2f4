"""One HTTP answer. Headers that every answer has are added in one place, ``app.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

JSON = "application/json"
HTML = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Cookie:
    """A cookie to set; ``value=None`` takes it away. ``max_age`` in seconds.

    ``cookies.py`` gives it its prefix and attributes: a name here is plain.
    """

    name: str
    value: str | None
    max_age: int = 0


@dataclass(frozen=True)
class Reply:
    """Status, body and what is particular to this answer."""

    status: int
    body: str = ""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()


def json(value: Any, status: int = 200, **more: Any) -> Reply:
    """``value`` (dataclasses and structs included) as JSON."""
    return Reply(status, msgspec.json.encode(value).decode(), JSON, **more)


def html(text: str, status: int = 200, **more: Any) -> Reply:
    """A page."""
    return Reply(status, text, HTML, **more)


def see_other(location: str, **more: Any) -> Reply:
    """303: go on with a GET of ``location`` (prefix included)."""
    headers = {"Location": location, **more.pop("headers", {})}
    return Reply(303, "", HTML, headers=headers, **more)
