"""Paths that nothing is declared for: a problem, or a page in the visitor's language.

API Gateway would refuse them by itself, but it knows neither languages nor pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.web.errors import NotFound
from chalicelib.web.origins import SAFE
from chalicelib.web.pages.paths import ALL
from chalicelib.web.reply import HTML, Reply
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services


def fallback(services: Services, request: Request) -> Reply:
    """Lead from ``/register/`` to ``/register``, as links are often written down.

    Raises ``NotFound`` for everything else.
    """
    page = request.path.rstrip("/")
    if request.method not in SAFE or page not in ALL:
        raise NotFound
    query = f"?{urlencode(request.query)}" if request.query else ""
    return Reply(308, "", HTML, headers={"Location": f"{request.prefix}{page}{query}"})
