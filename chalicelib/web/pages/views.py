"""The pages by path, each shown only when it fits the registration; no page sends a mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from chalicelib.web.pages import paths, step_guard, steps
from chalicelib.web.pages.render import remembered
from chalicelib.web.pages.step_guard import Step
from chalicelib.web.reply import Reply, see_other
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services


Page = Callable[["Services", Request], Reply]


def start(services: Services, request: Request) -> Reply:
    """``GET /``."""
    return steps.start(services, request, step_guard.current_step(services, request))


def address(services: Services, request: Request) -> Reply:
    """``GET /register``; ``?change=1`` corrects the address of a registration under way,
    ``?new=1`` begins another one on a device where one was completed."""
    seen = step_guard.current_step(services, request)
    here = step_guard.page_for(seen)
    if here == paths.CODE and "change" in request.query:
        return steps.address(services, request, seen)
    if here == paths.ADDRESS or (here == paths.DONE and "new" in request.query):
        return steps.address(services, request, None)
    return _elsewhere(request, here)


def code(services: Services, request: Request) -> Reply:
    """``GET /register/code``."""
    return _at(paths.CODE, services, request, steps.code)


def password(services: Services, request: Request) -> Reply:
    """``GET /register/password``."""
    return _at(paths.PASSWORD, services, request, steps.password)


def done(services: Services, request: Request) -> Reply:
    """``GET /register/done``."""
    return _at(paths.DONE, services, request, steps.done)


def problems_with_the_code(services: Services, request: Request) -> Reply:
    """``GET /register/code/help``, for those without a registration as well."""
    seen = step_guard.current_step(services, request)
    if step_guard.page_for(seen) not in (paths.CODE, paths.ADDRESS):
        return _elsewhere(request, step_guard.page_for(seen))
    return steps.problems_with_the_code(services, request, seen)


def _at(
    path: str,
    services: Services,
    request: Request,
    show: Callable[[Services, Request, Step], Reply],
) -> Reply:
    seen = step_guard.current_step(services, request)
    if seen is None or step_guard.page_for(seen) != path:
        return _elsewhere(request, step_guard.page_for(seen))
    return show(services, request, seen)


def _elsewhere(request: Request, path: str) -> Reply:
    """Go where the registration is, with a language that was just chosen."""
    chosen = {name: request.query[name] for name in ("lang",) if name in request.query}
    query = f"?{urlencode(chosen)}" if chosen else ""
    return see_other(f"{request.prefix}{path}{query}", cookies=remembered(request))


PAGES: Final[Mapping[str, Page]] = {
    paths.START: start,
    paths.ADDRESS: address,
    paths.CODE: code,
    paths.HELP: problems_with_the_code,
    paths.PASSWORD: password,
    paths.DONE: done,
}
