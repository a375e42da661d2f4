"""Routes: which handler answers which method of which path, as on a Chalice blueprint.

A module makes its ``Routes``, its handlers stand under ``@routes.operation`` (a call of the API) or
``@routes.get`` (anything else), and ``app.py`` includes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.web.bodies import B, Nothing
from chalicelib.web.operation import Operation
from chalicelib.web.request import Request
from chalicelib.web.response import Response

if TYPE_CHECKING:
    from chalicelib.factory import Services

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
        page: str | None = None,
        typed: tuple[str, ...] = (),
        operation_id: str | None = None,
    ) -> Callable[[Callable[[Services, Request, B], Response]], Operation[B]]:
        """A call of the API: what OpenAPI says of it, and what its handler is given.

        ``answers``: by status the type of the JSON, or ``None`` where there is no body.
        ``problems``: the types of problems that are its own. ``page``: the path of the page whose
        form posts here, and ``typed`` the fields it shows again after an error, never a code or a
        password. ``operation_id`` is for ever, clients are generated from it; else the
        handler's name.
        """

        def made(answer: Callable[[Services, Request, B], Response]) -> Operation[B]:
            name = operation_id or answer.__name__
            operation = Operation(name, answer, takes, answers, problems, page, typed)
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
