"""Static assets, ``GET /assets/{name}``: named by their content's hash, kept for a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.errors import NotFound
from chalicelib.web.request import Request
from chalicelib.web.response import Response
from chalicelib.web.routes import Routes

if TYPE_CHECKING:
    from chalicelib.factory import Services


routes = Routes()

FOREVER = "public, max-age=31536000, immutable"


@routes.get("/assets/{name}")
def asset(services: Services, request: Request) -> Response:
    """One file of the build. Raises ``NotFound`` for every other name, paths included."""
    # Imported here: no JSON call needs it.
    from chalicelib.web.pages.manifest import ASSETS, FOLDER, read_manifest

    name = request.path.removeprefix("/assets/")
    media_type = read_manifest().assets.get(name)
    if media_type is None:
        raise NotFound
    text = (FOLDER / ASSETS / name).read_text(encoding="utf-8")
    return Response(200, text, media_type, headers={"Cache-Control": FOREVER})
