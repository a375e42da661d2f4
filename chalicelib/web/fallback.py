"""Fallback for paths that are not declared: a problem, or a page that says so.

API Gateway would refuse them by itself, but it knows neither languages nor pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.web.errors import NotFound
from chalicelib.web.origins import SAFE
from chalicelib.web.pages.step_guard import PAGES
from chalicelib.web.request import Request
from chalicelib.web.response import HTML, Response
from chalicelib.web.routes import Routes

if TYPE_CHECKING:
    from chalicelib.factory import Services

routes = Routes()


def fallback(services: Services, request: Request) -> Response:
    """Lead from ``/register/`` to ``/register``, as links are often written down.

    Raises ``NotFound`` for everything else.
    """
    page = request.path.rstrip("/")
    if request.method not in SAFE or page not in PAGES:
        raise NotFound
    query = f"?{urlencode(request.query)}" if request.query else ""
    return Response(308, "", HTML, headers={"Location": f"{request.prefix}{page}{query}"})


routes.fallback = fallback
