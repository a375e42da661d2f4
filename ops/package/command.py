"""``python -m ops.package STAGE``: make ``out/STAGE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from ops import ROOT
from ops.bundle import collect
from ops.exit_codes import exit_code_of
from ops.package import package
from ops.package.lambda_runtime import lambda_runtime
from ops.stage.settings import load_stage


def main(arguments: list[str] | None = None) -> int:
    """Package one stage. Returns the exit code: 0, or 2 with what must be mended on stderr."""
    parser = argparse.ArgumentParser(prog="python -m ops.package", description=__doc__)
    parser.add_argument("stage", metavar="STAGE", help="a stage of .chalice/config.json")
    parser.add_argument(
        "--out", type=Path, help="where STAGE/ goes (out; out/here for --platform=here)"
    )
    parser.add_argument(
        "--platform",
        choices=[*sorted(collect.MACHINES), "here"],
        help="what the zip runs on (config.json's lambda_architecture); here: to try it out",
    )
    chosen = parser.parse_args(arguments)
    # A zip for this machine must never lie where a deployment looks.
    out = chosen.out or ROOT / "out" / ("here" if chosen.platform == "here" else "")
    return exit_code_of(lambda: _package(chosen.stage, out, chosen.platform))


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
    return 0


if __name__ == "__main__":
    sys.exit(main())
