"""A refused form comes back as the page it was sent from, with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.errors import TodokuError
from chalicelib.web.pages import paths, step_guard, steps
from chalicelib.web.problems import Problem
from chalicelib.web.reply import Reply, see_other
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services


_MOVED = frozenset({"conflict", "no-registration"})
"""Problems that mean: the registration is elsewhere than this page believes."""


def form_with_errors(
    services: Services, request: Request, page: str, problem: Problem, typed: dict[str, str]
) -> Reply:
    """The page at path ``page``, telling ``problem``. ``typed`` never holds a code or password.

    Where the registration has gone on, in another tab or in a request whose answer was lost,
    the answer is 303 to the page that fits it.
    """
    try:
        seen = step_guard.current_step(services, request)
    except TodokuError:
        return steps.error(services, request, problem, page if page in _STEPS else paths.START)
    here = step_guard.page_for(seen)
    # Whoever corrects an address has a registration; whoever asks anew is given a new form.
    if request.path.endswith("/current/email") and here == paths.CODE:
        return steps.address(services, request, seen, problem, typed)
    if page == paths.ADDRESS and problem.type not in _MOVED:
        return steps.address(services, request, None, problem, typed)
    if problem.type in _MOVED and page in _STEPS:
        if seen is None:
            return steps.address(services, request, None, problem, typed)
        if here != page:
            return see_other(request.prefix + here)
    if seen is not None and here == page == paths.CODE:
        return steps.code(services, request, seen, problem)
    if seen is not None and here == page == paths.PASSWORD:
        return steps.password(services, request, seen, problem)
    return steps.error(services, request, problem, here if page in _STEPS else paths.START)


_STEPS = frozenset({paths.ADDRESS, paths.CODE, paths.PASSWORD, paths.DONE})
