"""Step guard: which page fits how far a registration is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import NoRegistration
from chalicelib.web.cookies import ACCESS, REFRESH, REGISTRATION
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.registration.view import View
    from chalicelib.verification.model import Registration

START = "/"
ADDRESS = "/register"
CODE = "/register/code"
HELP = "/register/code/help"
PASSWORD = "/register/password"
DONE = "/register/done"
SIGNED_OUT = "/signed-out"
PRIVACY = "/privacy"

PAGES = (START, ADDRESS, CODE, HELP, PASSWORD, DONE, SIGNED_OUT, PRIVACY)
"""Where the pages are; ``web.views`` has what shows each."""

_PAGE = {
    "queued": CODE,
    "awaiting_code": CODE,
    "expired": CODE,
    "verified": PASSWORD,
    "completed": DONE,
}


@dataclass(frozen=True)
class CurrentRegistration:
    """This browser's registration, and what it may see of it."""

    registration: Registration
    view: View


def page_for(seen: CurrentRegistration | None) -> str:
    """The page of the step that comes next; without a registration, the first."""
    return ADDRESS if seen is None else _PAGE[seen.view.state]


def current_registration(services: Services, request: Request) -> CurrentRegistration | None:
    """This browser's registration. Without its cookie nothing is asked of any service.

    Raises ``TryLater``.
    """
    token = request.cookies.get(REGISTRATION)
    if not token:
        return None
    try:
        registration = services.verification.lookup.registration(token)
    except NoRegistration:
        return None
    return CurrentRegistration(registration, services.registration.view(registration))


def signed_in(request: Request) -> bool:
    """Whether this browser holds a session; whether it is still valid is not asked here."""
    return ACCESS in request.cookies or REFRESH in request.cookies
