"""Pages are rendered from the real build; it is made when there is none."""

from __future__ import annotations

import pytest

from chalicelib.web.pages.manifest import FOLDER, MANIFEST
from ops import ROOT
from ops.pages import build, catalogues


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    if not (FOLDER / MANIFEST).exists():
        build.build()
        catalogues.compile_all(ROOT)
