"""Drawing pages in Chromium, as phones beside each other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from ops import ROOT
from ops.errors import CommandError
from ops.pictures.scenes import Picture

MARGIN = 11
"""Pixels on both sides of the line between two phones, which is one pixel wide."""

_STYLE = f"""
body {{ display: flex; margin: 0; background: #fff }}
iframe {{ flex: none; border: 0 }}
hr {{ flex: none; width: 1px; height: 100vh; margin: 0 {MARGIN}px; border: 0; background: #ccc }}
"""


def width(picture: Picture) -> int:
    """Of the whole picture, in pixels."""
    between = 2 * MARGIN + 1
    return len(picture.locales) * (picture.width + between) - between


def draw(picture: Picture, html: list[str], browser: Browser, file: Path) -> None:
    """Write ``html``, the picture's pages, to ``file`` as PNG."""
    frames = "<hr>".join(
        f'<iframe width="{picture.width}" height="{picture.height}" scrolling="no"'
        f' srcdoc="{escape(page)}"></iframe>'
        for page in html
    )
    page = browser.new_page(viewport={"width": width(picture), "height": picture.height})
    page.set_content(f"<!doctype html><style>{_STYLE}</style>{frames}")
    page.screenshot(path=file)
    page.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The one that the tests use. Raises ``CommandError`` where none can be had."""
    # A root user (a container) has no sandbox to offer.
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    path = _find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def _find_chromium() -> str:
    told = subprocess.run(
        [ROOT / "ops" / "browser.sh"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    path = told.stdout.strip()
    if not path:
        raise CommandError("The pictures are drawn in Chromium, and there is none (see above).")
    return path
