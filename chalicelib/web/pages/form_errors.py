"""Form errors: the form comes back as the page it was sent from, with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.errors import TodokuError
from chalicelib.web.pages import step_guard, steps
from chalicelib.web.problems import Problem
from chalicelib.web.request import Request
from chalicelib.web.response import Response, see_other

if TYPE_CHECKING:
    from chalicelib.factory import Services


_MOVED = frozenset({"conflict", "no-registration"})
"""Problems that mean: the registration is elsewhere than this page believes."""


def form_with_errors(
    services: Services, request: Request, page: str, problem: Problem, typed: dict[str, str]
) -> Response:
    """The page at path ``page``, telling ``problem``. ``typed`` never holds a code or password.

    Where the registration has gone on, in another tab or in a request whose answer was lost,
    the answer is 303 to the page that fits it; so it is where the code has shown that an account
    exists.
    """
    try:
        seen = step_guard.current_registration(services, request)
    except TodokuError:
        return steps.error(services, request, problem, page if page in _STEPS else step_guard.START)
    here = step_guard.page_for(seen)
    is_other = problem.type == "other-registration"
    if is_other:
        page = here  # what the form's own page showed is no more
    # Whoever corrects an address has a registration; whoever asks anew is given a new form.
    if request.path.endswith("/current/email") and here == step_guard.CODE and not is_other:
        return steps.address(services, request, seen, problem, typed)
    if page == step_guard.ADDRESS and problem.type not in _MOVED:
        another = here == step_guard.DONE
        return steps.address(services, request, None, problem, typed, another=another)
    if seen is not None and here == step_guard.DONE and is_other:
        return steps.done(services, request, seen, problem)
    if problem.type in _MOVED and page in _STEPS:
        if seen is None:
            return steps.address(services, request, None, problem, typed)
        if problem.type == "conflict" and (page, here) == (step_guard.PASSWORD, step_guard.DONE):
            return steps.done(services, request, seen, problem)
        if here != page:
            return see_other(request.prefix + here)
    if seen is not None and here == page == step_guard.CODE:
        if problem.type == "account-exists" or seen.registration.attempt.account_exists:
            # The page that says so is asked for: to load it again sends no code again.
            return see_other(request.prefix + page)
        return steps.code(services, request, seen, problem)
    if seen is not None and here == page == step_guard.PASSWORD:
        return steps.password(services, request, seen, problem)
    return steps.error(services, request, problem, here if page in _STEPS else step_guard.START)


_STEPS = frozenset({step_guard.ADDRESS, step_guard.CODE, step_guard.PASSWORD, step_guard.DONE})
