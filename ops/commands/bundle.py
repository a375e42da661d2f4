"""The command ``bundle``."""

from __future__ import annotations

from pathlib import Path

import click

from ops import ROOT, exit_codes
from ops.bundle import bundle, collect


@click.command(
    epilog=exit_codes.epilog("the bundle is made", error="a dependency is missing; bad usage")
)
@click.argument(
    "out",
    metavar="OUT_DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where tree/ and todoku.zip go; what was there is replaced.",
)
@click.option(
    "--platform",
    type=click.Choice(sorted(collect.MACHINES)),
    show_default="this machine's own",
    help="Fetch wheels for this Lambda architecture.",
)
def command(out: Path, platform: str | None) -> int:
    """Make the zip for Lambda.

    The app with its dependencies, trimmed, compiled, in a folder and in one zip.
    """
    return exit_codes.exit_code_of(lambda: _make(out, platform))


def _make(out: Path, platform: str | None) -> int:
    made = bundle(ROOT, out, platform)
    print(f"{made.archive}  {made.size / 1e6:.2f} MB")
    return exit_codes.OK
