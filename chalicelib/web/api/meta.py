"""What the API says about itself: that it runs, and its OpenAPI description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from chalicelib.web.bodies import Nothing
from chalicelib.web.request import Request
from chalicelib.web.response import Response, json
from chalicelib.web.routes import Operation, Routes

if TYPE_CHECKING:
    from chalicelib.factory import Services

routes = Routes("/api/v1")


class Health(msgspec.Struct):
    """That this function runs, and which build of it."""

    status: Literal["ok"]
    build: str


@routes.operation("GET", "/health", answers={200: Health})
def health(services: Services, request: Request, body: Nothing) -> Response:
    """Whether the API answers. It asks no other service."""
    return json(Health("ok", services.config.build))


def openapi(operations: Mapping[str, Mapping[str, Operation[Any]]]) -> Routes:
    """``GET /openapi.json``: the description of ``operations``, by path and method."""
    described = Routes("/api/v1")

    @described.get("/openapi.json")
    def description(services: Services, request: Request) -> Response:
        # Imported here: nobody who registers needs it.
        from chalicelib.web.openapi import document

        config = services.config
        server = config.base_url + request.prefix
        return json(document(operations, server=server, build=config.build, secure=config.secure))

    return described
