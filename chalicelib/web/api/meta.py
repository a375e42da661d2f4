"""What the API says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from chalicelib.web.bodies import Nothing
from chalicelib.web.operation import Handler, Operation, operation
from chalicelib.web.reply import Reply, json
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services


class Health(msgspec.Struct):
    """That this function runs, and which build of it."""

    status: Literal["ok"]
    build: str


@operation(answers={200: Health})
def health(services: Services, request: Request, body: Nothing) -> Reply:
    """Whether the API answers. It asks no other service."""
    return json(Health("ok", services.config.build))


def openapi(routes: Mapping[str, Mapping[str, Handler]]) -> Handler:
    """The handler that answers with the OpenAPI description of ``routes``."""

    def described(services: Services, request: Request) -> Reply:
        # Imported here: nobody who registers needs it.
        from chalicelib.web.openapi import document

        operations = {
            path: {m: h for m, h in methods.items() if isinstance(h, Operation)}
            for path, methods in routes.items()
        }
        server = services.config.base_url + request.prefix
        return json(document(operations, server=server, build=services.config.build))

    return described
