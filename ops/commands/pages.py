"""The command ``pages``."""

from __future__ import annotations

import sys

import click

from ops import ROOT, exit_codes
from ops.pages import catalogues
from ops.pages.build import build


@click.command(
    epilog=exit_codes.epilog(
        "built or updated; with --check: the catalogues are complete",
        "with --check: a catalogue is incomplete, each error a line on stderr",
    )
)
@click.option(
    "--check", is_flag=True, help="Build nothing: check that the catalogues are complete."
)
@click.option("--update", is_flag=True, help="Build nothing: write new messages into them.")
def command(check: bool, update: bool) -> int:
    """Build the pages and the message catalogues.

    Templates are compiled, styles joined and shortened, scripts named by their content, catalogues
    compiled. The same sources give the same bytes.
    """
    if check and update:
        raise click.UsageError("--check and --update exclude each other.")
    if check:
        return exit_codes.exit_code_of(_check)
    return exit_codes.exit_code_of(_update if update else _build)


def _check() -> int:
    errors = catalogues.check(ROOT)
    for error in errors:
        print(error, file=sys.stderr)
    return exit_codes.NEGATIVE if errors else exit_codes.OK


def _update() -> int:
    catalogues.update(ROOT)
    return exit_codes.OK


def _build() -> int:
    build()
    catalogues.compile_all(ROOT)
    return exit_codes.OK
