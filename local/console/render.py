"""Rendering of the console: Jinja2 templates, the style sheet and the script."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.clock import JST
from chalicelib.identity.display import shown
from local.form_fields import SHOWN
from local.http_message import HttpResponse

_HERE = Path(__file__).resolve().parent
_TOKENS = _HERE.parents[1] / "frontend" / "styles" / "10-tokens.css"
"""The colours of the service's own pages."""
_ASSETS = {
    "console.css": ("text/css", (_TOKENS, _HERE / "assets" / "console.css")),
    "console.js": ("text/javascript", (_HERE / "assets" / "console.js",)),
}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page from a template of this package."""
    text = _environment().get_template(template).render(values)
    headers = (*content_headers("text/html"), ("Content-Security-Policy", _CSP))
    return HttpResponse(status, headers, text.encode())


def asset(name: str) -> HttpResponse | None:
    """The style sheet or the script, if ``name`` is one."""
    if name not in _ASSETS:
        return None
    kind, files = _ASSETS[name]
    body = b"".join(file.read_bytes() for file in files)
    return HttpResponse(200, content_headers(kind), body)


def content_headers(kind: str) -> tuple[tuple[str, str], ...]:
    """Headers of a response with text of this media type."""
    return (
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["shown_prefix"] = SHOWN
    environment.filters["time"] = time_element
    environment.filters["anchor"] = anchor
    environment.filters["shown"] = shown
    return environment


def time_element(at: datetime, form: str = "%Y-%m-%d %H:%M:%S") -> Markup:
    """A ``time`` element in Japan's time, as the service's own pages have it."""
    machine = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    words = f"{at.astimezone(JST):{form}} JST"
    return Markup('<time datetime="{}">{}</time>').format(machine, words)


def anchor(name: str) -> str:
    """The id of the element that is about a name."""
    return "about-" + re.sub(r"[^a-z0-9]+", "-", name.lower())
