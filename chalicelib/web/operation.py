"""A call of the API: what it takes, what it answers, and how a form's post differs.

``@operation`` puts on a handler what the OpenAPI says about it, and keeps that true: the body
is read as the type that is published.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from chalicelib.errors import TodokuError
from chalicelib.web import bodies, forms, problems
from chalicelib.web.bodies import B, Nothing
from chalicelib.web.cookies import REGISTRATION
from chalicelib.web.error_response import error_response
from chalicelib.web.errors import Malformed
from chalicelib.web.origins import SAFE
from chalicelib.web.reply import Reply
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.verification.model import Registration

Handler = Callable[["Services", Request], Reply]
"""What answers one method of one path. It raises ``TodokuError`` for what it refuses."""


@dataclass(frozen=True)
class Operation(Generic[B]):
    """A handler that knows what it takes and answers. Call it as any ``Handler``."""

    answer: Callable[[Services, Request, B], Reply]
    takes: type[B]
    answers: dict[int, Any]
    """By status: the type of the JSON, or ``None`` where there is no body."""
    refuses: tuple[str, ...]
    """Names of the problems that are its own; those of every call are not repeated."""
    page: str | None
    """The path of the page whose form posts here."""
    typed: tuple[str, ...]
    """Fields the page shows again after a refusal. Never a code or a password."""

    @property
    def name(self) -> str:
        """The handler's own: ``registrations.ask`` is ``ask``."""
        return self.answer.__name__

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.answer.__doc__ or self.name).strip().splitlines()[0]

    def __call__(self, services: Services, request: Request) -> Reply:
        """Read the body and answer. A refused form comes back as its page; else raises."""
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
                return problems.reply(problems.of(error, locale, services))
            # A page is in one language, whatever its form says about the mails'.
            problem = problems.of(error, request.locale, services)
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


def operation(
    *,
    answers: dict[int, Any],
    takes: type[B] = Nothing,  # type: ignore[assignment]
    refuses: tuple[str, ...] = (),
    page: str | None = None,
    typed: tuple[str, ...] = (),
) -> Callable[[Callable[[Services, Request, B], Reply]], Operation[B]]:
    """Make an ``Operation`` of a function of services, request and body."""

    def made(answer: Callable[[Services, Request, B], Reply]) -> Operation[B]:
        return Operation(answer, takes, answers, refuses, page, typed)

    return made
