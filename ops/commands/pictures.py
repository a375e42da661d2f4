"""The command ``pictures``."""

from __future__ import annotations

import click

from ops import ROOT, exit_codes


@click.command(epilog=exit_codes.epilog("drawn"))
def command() -> int:
    """Draw the pictures of pages in the READMEs.

    The pages are built, and drawn in the Chromium that the tests use (ops/browser.sh). Beside the
    pictures in docs/images stand digests of their words, by which a test notices when a page says
    something else than its picture. Look at each before you commit it.
    """
    return exit_codes.exit_code_of(_draw)


def _draw() -> int:
    # Here: Playwright is not installed where the service is only deployed from.
    from ops.pages import catalogues
    from ops.pages.build import build
    from ops.pictures.draw import chromium, draw
    from ops.pictures.scenes import IMAGES, PICTURES, digest, pages, write_digests

    digests = {}
    with chromium() as browser:
        build()
        catalogues.compile_all(ROOT)
        for name, picture in PICTURES.items():
            html = pages(picture)
            draw(picture, html, browser, IMAGES / name)
            digests[name] = digest(html)
            print(IMAGES / name)
    write_digests(digests)
    return exit_codes.OK
