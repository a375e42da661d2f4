"""Build manifest: the style and the scripts that ``make build`` makes of ``frontend/``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "built"
MANIFEST = "manifest.json"
TEMPLATES = "templates"
ASSETS = "assets"
COMMAND = "make build"


class NotBuilt(RuntimeError):
    """The pages' sources were never built on this machine; the message names the command."""


class Manifest(msgspec.Struct, frozen=True):
    """``style`` is inlined in every page; ``style_hash`` lets the CSP admit exactly it."""

    style: str
    style_hash: str
    scripts: Mapping[str, str]
    """By entry script: its file, with all that it needs to run."""
    assets: Mapping[str, str]
    """Content-hashed file name to media type."""


@cache
def read_manifest(folder: Path = FOLDER) -> Manifest:
    """Read the build. Raises ``NotBuilt``."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise NotBuilt(f"the pages are not built yet: run `{COMMAND}`") from error
