"""``GET /assets/{name}``: files whose name holds their content's hash, kept for a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.errors import NotFound
from chalicelib.web.pages.manifest import ASSETS, FOLDER, read_manifest
from chalicelib.web.reply import Reply
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services


FOREVER = "public, max-age=31536000, immutable"


def asset(services: Services, request: Request) -> Reply:
    """One file of the build. Raises ``NotFound`` for every other name, paths included."""
    name = request.path.removeprefix("/assets/")
    media_type = read_manifest().assets.get(name)
    if media_type is None:
        raise NotFound
    text = (FOLDER / ASSETS / name).read_text(encoding="utf-8")
    return Reply(200, text, media_type, headers={"Cache-Control": FOREVER})
