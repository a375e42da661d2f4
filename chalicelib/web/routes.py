"""Routes: which handler answers which method of which path, as on a Chalice blueprint.

A module makes its ``Routes``, its handlers stand under ``@routes.operation`` (a call of the API) or
``@routes.get`` (anything else), and ``app.py`` includes them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic

from chalicelib.errors import NoRegistration, TodokuError
from chalicelib.locales import LOCALES
from chalicelib.web import bodies, forms, origins
from chalicelib.web.bodies import B, Nothing
from chalicelib.web.cookies import REGISTRATION
from chalicelib.web.error_response import error_response
from chalicelib.web.errors import Malformed, OtherRegistration, TooLarge
from chalicelib.web.origins import SAFE
from chalicelib.web.problems import problem_for, problem_response
from chalicelib.web.request import Request
from chalicelib.web.response import Response

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.verification.model import Registration

LONGEST_TYPED = 320
"""Characters of a field that are shown again where there were far too many: an address has 254."""

Handler = Callable[["Services", Request], Response]
"""What answers one method of one path. It may raise any ``TodokuError``."""


class Routes:
    """The routes of one module. ``prefix`` stands before each path."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self.handlers: dict[str, dict[str, Handler]] = {}
        """By path, then by method."""
        self.fallback: Handler | None = None
        """What answers every path that is not declared, whatever the method."""

    def operation(
        self,
        method: str,
        path: str,
        *,
        answers: dict[int, Any],
        takes: type[B] = Nothing,  # type: ignore[assignment]
        problems: tuple[str, ...] = (),
        reads: tuple[str, ...] = (),
        page: str | None = None,
        typed: tuple[str, ...] = (),
        operation_id: str | None = None,
    ) -> Callable[[Callable[[Services, Request, B], Response]], Operation[B]]:
        """A call of the API: what OpenAPI says of it, and what its handler is given.

        ``answers``: by status the type of the JSON, or ``None`` where there is no body.
        ``problems``: the types of problems that are its own. ``reads``: the cookies that say whose
        call it is; ``problems`` say whether it works without them. ``page``: the page whose form
        posts here, and ``typed`` the fields it shows again after an error, never a code or a
        password. ``operation_id`` is for ever, clients are generated from it; else the handler's
        name.
        """

        def made(answer: Callable[[Services, Request, B], Response]) -> Operation[B]:
            name = operation_id or answer.__name__
            operation = Operation(name, answer, takes, answers, problems, reads, page, typed)
            self._add(method, path, operation)
            return operation

        return made

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """A page, a file: what is no call of the API."""

        def made(handler: Handler) -> Handler:
            self._add("GET", path, handler)
            return handler

        return made

    def _add(self, method: str, path: str, handler: Handler) -> None:
        self.handlers.setdefault(self._prefix + path, {})[method] = handler


@dataclass(frozen=True)
class Operation(Generic[B]):
    """A call of the API: its handler, what that takes and answers, how a form's post differs.

    What OpenAPI says about it stands here, and is kept true: the body is read as the type that is
    published.
    """

    name: str
    """The operation's id."""
    answer: Callable[[Services, Request, B], Response]
    takes: type[B]
    answers: dict[int, Any]
    """By status: the type of the JSON, or ``None`` where there is no body."""
    problems: tuple[str, ...]
    """Types of the problems that are its own; those of every call are not repeated."""
    reads: tuple[str, ...]
    """The cookies that say whose call it is, by their plain names."""
    page: str | None
    """The page whose form posts here: its path, and a query where the path has several forms."""
    typed: tuple[str, ...]
    """Fields the page shows again after an error. Never a code or a password."""

    @property
    def _path(self) -> str | None:
        return self.page.partition("?")[0] if self.page else None

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.answer.__doc__ or self.name).strip().splitlines()[0]

    def __call__(self, services: Services, request: Request) -> Response:
        """Read the body and answer. A form with an error comes back as its page; else raises."""
        named = request.chosen
        try:
            if self.page and request.html and _is_of_another(services, request):
                raise OtherRegistration
            # What a GET has for a body means nothing (RFC 9110 section 9.3.1).
            body = self.takes() if request.method in SAFE else bodies.read(self.takes, request)
            named = getattr(body, "locale", None) or named
            return self.answer(services, request, body)
        except TodokuError as error:
            if self.page is None or not request.html:
                own = None if named else registration_of(services, request)
                locale = named or (own.locale if own else request.locale)
                problem = problem_for(error, locale, services)
                return problem_response(problem, services.config.base_url + request.prefix)
            # A page is in one language, whatever its form says about the mails'. Another site's
            # form is in the one that it says.
            if origins.is_elsewhere(request.headers, services.config):
                asked = forms.parse_beginning(request.body).get("locale")
                locale = asked if asked in LOCALES else request.locale
                request = replace(request, locale=locale)
            problem = problem_for(error, request.locale, services)
            return error_response(
                services, request, problem, page=self._path, typed=self.kept(request)
            )

    def too_large(self, services: Services, request: Request, error: TooLarge) -> Response:
        """The answer to a form that is too large to be read: its page, with the beginning of what
        was typed."""
        begins = forms.parse_beginning(error.begins)
        return error_response(
            services,
            request,
            problem_for(error, request.locale, services),
            page=self._path,
            typed={name: begins[name][:LONGEST_TYPED] for name in self.typed if name in begins},
        )

    def kept(self, request: Request) -> dict[str, str]:
        """What of a form its page may show again; nothing of one that cannot be read."""
        try:
            fields = forms.parse(request.body)
        except Malformed:
            return {}
        return {name: fields[name] for name in self.typed if name in fields}


def _is_of_another(services: Services, request: Request) -> bool:
    """Whether a form's page showed another registration than this browser's: its tab was left
    behind, and whoever pressed its button meant that one. Raises ``TryLater``."""
    shown = forms.parse_beginning(request.body).get(forms.REFERENCE)
    own = _registration(services, request) if shown else None
    if not shown or own is None:
        return False
    # Imported here: no JSON call needs it.
    from chalicelib.identity.reference import parse_reference

    # An address may have another reference since, with another code of its own.
    before = own.attempts.get(parse_reference(shown) or "")
    return before is None or before.address != own.attempt.address


def registration_of(services: Services, request: Request) -> Registration | None:
    """This client's registration, where it is not what was asked for: a trouble is none."""
    with suppress(TodokuError):
        return _registration(services, request)
    return None


def _registration(services: Services, request: Request) -> Registration | None:
    token = request.cookies.get(REGISTRATION)
    with suppress(NoRegistration):
        return services.verification.lookup.registration(token) if token else None
    return None
