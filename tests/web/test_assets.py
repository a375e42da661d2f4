"""Scripts under names that hold their content's hash, and a clear word when nothing was built."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from chalicelib.web.assets import asset
from chalicelib.web.errors import NotFound
from chalicelib.web.pages.manifest import NotBuilt, read_manifest
from tests.web.pages.desk import Desk, request


def get(path: str):  # type: ignore[no-untyped-def]
    return asset(Desk(), request(path))


def test_a_script_may_be_kept_for_ever() -> None:
    assert read_manifest().assets
    for name in read_manifest().assets:
        reply = get(f"/assets/{name}")

        assert reply.status == 200
        assert reply.content_type == "text/javascript; charset=utf-8"
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        digest = hashlib.sha256(reply.body.encode()).hexdigest()[:10]
        assert name.rpartition("-")[2] == f"{digest}.js"


@pytest.mark.parametrize(
    "name", ["", "page.js", "../manifest.json", "..%2fmanifest.json", "/etc/passwd", "page-0.js"]
)
def test_nothing_else_is_served(name: str) -> None:
    with pytest.raises(NotFound):
        get(f"/assets/{name}")


def test_pages_that_were_never_built_say_how_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match=r"`make build`"):
        read_manifest(tmp_path)
