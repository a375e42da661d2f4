"""Operation: a call of the API, what it takes and answers, and how a form's post differs.

What OpenAPI says about it stands on its handler, and is kept true: the body is read as the type
that is published.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from chalicelib.errors import TodokuError
from chalicelib.web import bodies, forms, problems
from chalicelib.web.bodies import B
from chalicelib.web.cookies import REGISTRATION
from chalicelib.web.error_response import error_response
from chalicelib.web.errors import Malformed
from chalicelib.web.origins import SAFE
from chalicelib.web.request import Request
from chalicelib.web.response import Response

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.verification.model import Registration


@dataclass(frozen=True)
class Operation(Generic[B]):
    """A handler that knows what it takes and answers; called as any other."""

    name: str
    """The operation's id."""
    answer: Callable[[Services, Request, B], Response]
    takes: type[B]
    answers: dict[int, Any]
    """By status: the type of the JSON, or ``None`` where there is no body."""
    problems: tuple[str, ...]
    """Types of the problems that are its own; those of every call are not repeated."""
    page: str | None
    """The path of the page whose form posts here."""
    typed: tuple[str, ...]
    """Fields the page shows again after an error. Never a code or a password."""

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.answer.__doc__ or self.name).strip().splitlines()[0]

    def __call__(self, services: Services, request: Request) -> Response:
        """Read the body and answer. A form with an error comes back as its page; else raises."""
        named = request.chosen
        try:
            # What a GET has for a body means nothing (RFC 9110 section 9.3.1).
            body = self.takes() if request.method in SAFE else bodies.read(self.takes, request)
            named = getattr(body, "locale", None) or named
            return self.answer(services, request, body)
        except TodokuError as error:
            if self.page is None or not request.html:
                own = None if named else registration_of(services, request)
                locale = named or (own.locale if own else request.locale)
                return problems.problem_response(problems.problem_for(error, locale, services))
            # A page is in one language, whatever its form says about the mails'.
            problem = problems.problem_for(error, request.locale, services)
            return error_response(
                services, request, problem, page=self.page, typed=self.kept(request)
            )

    def kept(self, request: Request) -> dict[str, str]:
        """What of a form its page may show again; nothing of one that cannot be read."""
        try:
            fields = forms.parse(request.body)
        except Malformed:
            return {}
        return {name: fields[name] for name in self.typed if name in fields}


def registration_of(services: Services, request: Request) -> Registration | None:
    """This client's registration, where it is not what was asked for: a trouble is none."""
    token = request.cookies.get(REGISTRATION)
    with suppress(TodokuError):
        return services.verification.lookup.registration(token) if token else None
    return None
