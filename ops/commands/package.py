"""The command ``package``."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from ops import ROOT, exit_codes
from ops.bundle import collect
from ops.package import package
from ops.package.lambda_runtime import lambda_runtime
from ops.stage.argument import stage_argument
from ops.stage.settings import load_stage


@click.command(epilog=exit_codes.epilog("the package is made"))
@stage_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    show_default="out; out/here for --platform here",
    help="Where the folder STAGE goes.",
)
@click.option(
    "--platform",
    type=click.Choice([*sorted(collect.MACHINES), "here"]),
    show_default="lambda_architecture of config.json",
    help="What the zip runs on; here: this machine, to try it out.",
)
def command(stage_name: str, out: Path | None, platform: str | None) -> int:
    """Package a stage: its templates and the zip.

    Makes OUT/STAGE with service.json, sender.yaml and deployment.zip. It takes no AWS account.
    Until all of it is made, what was there stays.
    """
    # A zip for this machine must never lie where a deployment looks.
    folder = out or ROOT / "out" / ("here" if platform == "here" else "")
    return exit_codes.exit_code_of(lambda: _package(stage_name, folder, platform))


def _package(name: str, out: Path, platform: str | None) -> int:
    stage = load_stage(name)
    architecture = None if platform == "here" else platform or stage.architecture
    with Console(stderr=True).status("packaging") as status:
        made = package(ROOT, stage, out, architecture, lambda step: status.update(f"{step} …"))
    here = Path.cwd()
    for file in (made.service, made.sender, made.archive):
        shown = file.relative_to(here) if file.is_relative_to(here) else file
        print(f"{shown}  {file.stat().st_size / 1e6:.2f} MB")
    print(f"build {made.build} for {lambda_runtime()}")
    return exit_codes.OK
