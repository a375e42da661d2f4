"""What each picture of a page shows: a scene of the pages' tests, so that it shows the same each
time, and the digest that tells when its words have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, NamedTuple

from chalicelib.locales import LOCALES, Locale
from ops import ROOT

IMAGES: Final = ROOT / "docs" / "images"
DIGESTS: Final = "digests.txt"
"""Beside the pictures: of each, the digest of the words that its pages had when it was drawn."""


class Picture(NamedTuple):
    """The upper end of one page on a phone, in several languages beside each other."""

    scene: str
    locales: tuple[Locale, ...]
    width: int
    """Of each phone, in pixels."""
    height: int


PICTURES: Final = {"code.png": Picture("code, delivered", LOCALES, 360, 860)}
"""By file name."""


def pages(picture: Picture) -> list[str]:
    """The HTML of the page in each language. The pages must be built."""
    # Here: not before they are built.
    from tests.web.pages.scenes import SCENES

    return [SCENES[picture.scene].reply(locale).body for locale in picture.locales]


def digest(html: list[str]) -> str:
    """Of the words alone: no element, style, script or space counts."""
    words = _Words()
    for page in html:
        words.feed(page)
    words.close()
    return hashlib.sha256(" ".join(" ".join(words.found).split()).encode()).hexdigest()[:16]


def read_digests(folder: Path = IMAGES) -> dict[str, str]:
    """Those that were written when the pictures were drawn, by file name."""
    lines = (folder / DIGESTS).read_text(encoding="utf-8").splitlines()
    return {name: found for found, name in (line.split() for line in lines)}


def write_digests(digests: Mapping[str, str], folder: Path = IMAGES) -> None:
    """One line for each picture, as ``sha256sum`` has them."""
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    (folder / DIGESTS).write_text(text, encoding="utf-8")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = False

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)
