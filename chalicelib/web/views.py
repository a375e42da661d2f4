"""Views: the pages by path, each only where it fits the registration; none sends a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.web import blocked_cookies
from chalicelib.web.cookies import language
from chalicelib.web.errors import NotFound
from chalicelib.web.language import chosen_cookie
from chalicelib.web.pages import step_guard
from chalicelib.web.pages.step_guard import CurrentRegistration
from chalicelib.web.problem_types import PATH, PROBLEM_TYPES
from chalicelib.web.request import Request
from chalicelib.web.response import Response, see_other
from chalicelib.web.routes import Routes

if TYPE_CHECKING:
    from chalicelib.factory import Services

routes = Routes()


@routes.get(step_guard.START)
def start(services: Services, request: Request) -> Response:
    """``GET /``. Whom a link of another site leads here goes on where the registration is."""
    from chalicelib.web.pages import steps

    seen = step_guard.current_registration(services, request)
    here = step_guard.page_for(seen)
    under_way = here in (step_guard.CODE, step_guard.PASSWORD)
    if under_way and request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return _elsewhere(request, here)
    return steps.start(services, request, seen)


@routes.get(step_guard.ADDRESS)
def address(services: Services, request: Request) -> Response:
    """``GET /register``; ``?change=1`` corrects the address of a registration under way,
    ``?new=1`` begins another one on a device where one was completed."""
    from chalicelib.web.pages import steps

    seen = step_guard.current_registration(services, request)
    here = step_guard.page_for(seen)
    if here == step_guard.CODE and "change" in request.query:
        return steps.address(services, request, seen)
    if here == step_guard.ADDRESS or (here == step_guard.DONE and "new" in request.query):
        return steps.address(services, request, None, another=here == step_guard.DONE)
    return _elsewhere(request, here)


@routes.get(step_guard.CODE)
def code(services: Services, request: Request) -> Response:
    """``GET /register/code``; ``?begun=`` after a form elsewhere whose answer set the cookie."""
    from chalicelib.web.pages import steps

    if blocked_cookies.came(request):
        # Out of the address bar, from which addresses are sent on.
        return _elsewhere(request, step_guard.CODE)
    if blocked_cookies.refused(services, request):
        return steps.cookies_blocked(services, request)
    return _at(step_guard.CODE, services, request, steps.code)


@routes.get(step_guard.PASSWORD)
def password(services: Services, request: Request) -> Response:
    """``GET /register/password``."""
    from chalicelib.web.pages import steps

    return _at(step_guard.PASSWORD, services, request, steps.password)


@routes.get(step_guard.DONE)
def done(services: Services, request: Request) -> Response:
    """``GET /register/done``."""
    from chalicelib.web.pages import steps

    return _at(step_guard.DONE, services, request, steps.done)


@routes.get(step_guard.HELP)
def problems_with_the_code(services: Services, request: Request) -> Response:
    """``GET /register/code/help``, for those without a registration as well."""
    from chalicelib.web.pages import steps

    seen = step_guard.current_registration(services, request)
    if step_guard.page_for(seen) not in (step_guard.CODE, step_guard.ADDRESS):
        return _elsewhere(request, step_guard.page_for(seen))
    return steps.problems_with_the_code(services, request, seen)


@routes.get(PATH + "{name}")
def problem_type(services: Services, request: Request) -> Response:
    """``GET /problems/{name}``, the address that is a problem's ``type``. Raises ``NotFound``."""
    name = request.path.removeprefix(PATH)
    if name not in PROBLEM_TYPES:
        raise NotFound
    from chalicelib.web.pages import problem_type

    return problem_type.problem_type(services, request, name)


@routes.get(step_guard.SIGNED_OUT)
def signed_out(services: Services, request: Request) -> Response:
    """``GET /signed-out``, which shows the reference for some minutes."""
    from chalicelib.web.pages import steps

    return steps.signed_out(services, request)


@routes.get(step_guard.PRIVACY)
def privacy(services: Services, request: Request) -> Response:
    """``GET /privacy``."""
    from chalicelib.web.pages import privacy as page

    return page.privacy(services, request)


def _at(
    path: str,
    services: Services,
    request: Request,
    show: Callable[[Services, Request, CurrentRegistration], Response],
) -> Response:
    seen = step_guard.current_registration(services, request)
    if seen is None or step_guard.page_for(seen) != path:
        return _elsewhere(request, step_guard.page_for(seen))
    if request.chosen:
        return show(services, request, seen)
    # It was begun by another site's form or script, which may name a language, and none was chosen
    # here before.
    locale = seen.registration.locale
    reply = show(services, replace(request, locale=locale, chosen=locale), seen)
    return replace(reply, cookies=(*reply.cookies, language(locale)))


def _elsewhere(request: Request, path: str) -> Response:
    """Go where the registration is, with a language that was just chosen."""
    chosen = {name: request.query[name] for name in ("lang",) if name in request.query}
    query = f"?{urlencode(chosen)}" if chosen else ""
    return see_other(f"{request.prefix}{path}{query}", cookies=chosen_cookie(request.query))
