"""``make bench``: measure, and print one table with each figure's budget beside it.

Exits with 0 whatever the figures are: a budget that is exceeded is marked, not failed on, for
machines differ. ``--json`` prints the same for machines.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import (
    address_timing,
    cold_start,
    first_paint,
    form_walk,
    local_server,
    page_weight,
    warm_request,
)
from bench.figure import Figure, table
from ops.bundle import bundle

ROOT = Path(__file__).resolve().parent.parent
ZIP_BUDGET = 12.0
ROUNDS = 21
PAINTS = 5


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog=".venv/bin/python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"of each cold start ({ROUNDS})", metavar="N"
    )
    chosen = parser.parse_args(arguments)
    if chosen.rounds < 1:
        parser.error("--rounds must be at least 1")
    figures = measured(chosen.rounds, Console(stderr=True))
    if chosen.json:
        print(json.dumps([f.as_json() for f in figures], ensure_ascii=False, indent=1))
    else:
        # Piped into a file, the table still has room for its sentences.
        Console(width=None if sys.stdout.isatty() else 160).print(table(figures))
    return 0


def measured(rounds: int, console: Console) -> list[Figure]:
    """Every figure; progress goes to ``console``."""
    paints = min(rounds, PAINTS)
    pairs = address_timing.PAIRS if rounds >= ROUNDS else rounds
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with (
        tempfile.TemporaryDirectory() as scratch,
        Progress(*columns, console=console, transient=True) as progress,
    ):
        task = progress.add_task("the zip for Lambda", total=rounds + paints + 3 + 4 * pairs)

        def step() -> None:
            progress.advance(task)

        made = bundle(ROOT, Path(scratch))
        size = Figure("zip for Lambda", made.size / 1e6, ZIP_BUDGET, "MB", "this machine's wheels")
        step()
        progress.update(task, description="cold starts")
        figures = cold_start.figures(made.archive, rounds, step)
        progress.update(task, description="warm requests")
        figures += [*warm_request.figures(rounds), size]
        step()
        progress.update(task, description="pages on the running machine")
        with local_server.running() as url:
            figures.append(page_weight.figure(url, form_walk.pages(url)))
            step()
            progress.update(task, description="first paint on slow 3G")
            figures.append(_paint(url, paints, step))
            progress.update(task, description="known and new addresses")
            figures += address_timing.figures(url, pairs, step)
    return figures


def _paint(url: str, rounds: int, step: Callable[[], None]) -> Figure:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        return Figure("first paint on slow 3G", None, first_paint.BUDGET, "s", "no Chromium here")
    return first_paint.figure(url, chromium, rounds, step)


if __name__ == "__main__":
    sys.exit(main())
