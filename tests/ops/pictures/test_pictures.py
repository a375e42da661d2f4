"""The READMEs' pictures of pages show the pages as they are."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from chalicelib.web.pages.manifest import FOLDER, MANIFEST
from ops import ROOT
from ops.pages import build, catalogues
from ops.pictures import draw
from ops.pictures.scenes import IMAGES, PICTURES, digest, pages, read_digests, write_digests

LARGEST = 200_000
"""Bytes: a README is read on trains."""


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    if not (FOLDER / MANIFEST).exists():
        build.build()
        catalogues.compile_all(ROOT)


def size(file: Path) -> tuple[int, int]:
    """Width and height, as a PNG's header has them."""
    header = file.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", header[16:])
    return width, height


@pytest.mark.parametrize("name", PICTURES)
def test_no_page_says_anything_else_than_its_picture(name: str) -> None:
    drawn = read_digests()[name]
    assert digest(pages(PICTURES[name])) == drawn, (
        f"The page on docs/images/{name} has other words now. Draw it anew: "
        ".venv/bin/python -m ops pictures, look at it, and commit it with docs/images/digests.txt."
    )


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_each_picture_of_a_page_can_be_drawn(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert set(re.findall(r"\(docs/images/(\S+\.png)\)", text)) == set(PICTURES)
    assert set(read_digests()) == set(PICTURES) == {file.name for file in IMAGES.glob("*.png")}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_has_its_size(name: str) -> None:
    assert size(IMAGES / name) == (draw.width(PICTURES[name]), PICTURES[name].height)
    assert (IMAGES / name).stat().st_size < LARGEST


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn(name: str, browser: Browser, tmp_path: Path) -> None:
    picture = PICTURES[name]
    draw.draw(picture, pages(picture), browser, tmp_path / name)
    assert size(tmp_path / name) == size(IMAGES / name)
    blank = tmp_path / f"blank-{name}"
    draw.draw(picture, ["<!doctype html>"] * len(picture.locales), browser, blank)
    assert (tmp_path / name).stat().st_size > 10 * blank.stat().st_size


PAGE = "<!doctype html><style>p { color: red }</style><p>It <b>arrives</b>.\n<script>1</script></p>"


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("arrives", "leaves", True),
        ("red", "blue", False),
        ("1</script>", "2</script>", False),
        ("<b>", '<b class="x">', False),
        ("\n", " \n\n", False),
    ],
)
def test_the_words_of_a_page_are_what_counts(old: str, new: str, changed: bool) -> None:
    assert old in PAGE
    assert (digest([PAGE.replace(old, new)]) != digest([PAGE])) is changed


def test_digests_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_digests({"b.png": "22", "a.png": "11"}, tmp_path)
    assert read_digests(tmp_path) == {"a.png": "11", "b.png": "22"}
