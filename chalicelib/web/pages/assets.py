"""``GET /assets/{name}``: files whose name holds their content's hash, kept for a year."""

from __future__ import annotations

from chalicelib.web.pages import built
from chalicelib.web.refusals import NotFound
from chalicelib.web.reply import Reply
from chalicelib.web.request import Request
from chalicelib.web.usecases import UseCases

FOREVER = "public, max-age=31536000, immutable"


def asset(services: UseCases, request: Request) -> Reply:
    """One file of the build. Raises ``NotFound`` for every other name, paths included."""
    name = request.path.removeprefix("/assets/")
    media_type = built.manifest().assets.get(name)
    if media_type is None:
        raise NotFound
    text = (built.FOLDER / built.ASSETS / name).read_text(encoding="utf-8")
    return Reply(200, text, media_type, headers={"Cache-Control": FOREVER})
