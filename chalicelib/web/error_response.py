"""Error response: a problem as the request asked for it, as JSON or as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from chalicelib.web import log, problems
from chalicelib.web.problems import Problem
from chalicelib.web.request import Request
from chalicelib.web.response import Response, html

if TYPE_CHECKING:
    from chalicelib.factory import Services


def error_response(
    services: Services,
    request: Request,
    problem: Problem,
    *,
    page: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """``problem`` for ``request``. ``page`` is the path of the page that asked, with what was
    ``typed`` there; without one it is an error page of its own."""
    if not request.html:
        return problems.problem_response(problem, services.config.base_url + request.prefix)
    try:
        # Imported here: a JSON call needs no pages.
        from chalicelib.web.pages.form_errors import form_with_errors

        reply = form_with_errors(
            services, request, page or request.path, problem, dict(typed or {})
        )
    except Exception as error:
        log.unexpected_error(error)
        reply = _bare(request, problem)
    return replace(reply, headers={**problems.problem_headers(problem), **reply.headers})


def _bare(request: Request, problem: Problem) -> Response:
    """A page that needs nothing that could be broken: no template, no build, no style."""
    text = (
        f'<!doctype html><html lang="{request.locale.split("-")[0]}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(problem.title)}</title>"
        f"<h1>{escape(problem.title)}</h1><p>{escape(problem.detail)}</p>"
        f'<p><a href="{escape(request.prefix)}/">&larr;</a></p></html>'
    )
    return html(text, problem.status)
