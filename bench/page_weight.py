"""What a page weighs on the wire: its HTML with the style in it, and the scripts it loads."""

from __future__ import annotations

import gzip
from collections.abc import Iterable

from bench import form_walk
from bench.figure import Figure

BUDGET = 10.0
LEVEL = 6
"""What servers compress with by default."""


def figure(url: str, pages: Iterable[tuple[str, str]]) -> Figure:
    """The heaviest of ``pages`` (name, HTML) at ``url``, in KB (1,000 bytes) of gzip."""
    packed: dict[str, int] = {}

    def asset(path: str) -> int:
        if path not in packed:
            packed[path] = _packed(form_walk.fetched(url, path))
        return packed[path]

    weights = {
        name: _packed(html.encode()) + sum(asset(path) for path in form_walk.assets(html))
        for name, html in pages
    }
    heaviest = max(weights, key=lambda name: weights[name])
    return Figure(
        "a page, everything it needs to show, gzip",
        weights[heaviest] / 1000,
        BUDGET,
        "KB",
        f"the heaviest of {len(weights)}: {heaviest}; scripts {sum(packed.values()) / 1000:.1f} KB",
    )


def _packed(body: bytes) -> int:
    return len(gzip.compress(body, LEVEL))
