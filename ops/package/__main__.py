"""``python -m ops.package STAGE``: make ``out/STAGE``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from local.intrinsics import TemplateError
from ops.bundle import collect
from ops.package import package
from ops.stage import ROOT, Refused
from ops.stage.settings import load


def main(arguments: list[str] | None = None) -> int:
    """Package one stage. Returns the exit code: 0, or 2 with what must be mended on stderr."""
    parser = argparse.ArgumentParser(prog="python -m ops.package", description=__doc__)
    parser.add_argument("stage", metavar="STAGE", help="a stage of .chalice/config.json")
    parser.add_argument("--out", type=Path, default=ROOT / "out", help="where STAGE/ goes (out)")
    parser.add_argument(
        "--platform",
        choices=[*sorted(collect.MACHINES), "here"],
        default="arm64",
        help="what the zip runs on: Lambda's Arm machines, or this one to try it out",
    )
    chosen = parser.parse_args(arguments)
    architecture = None if chosen.platform == "here" else chosen.platform
    console = Console(stderr=True)
    try:
        stage = load(chosen.stage)
        with console.status("packaging") as status:
            made = package(
                ROOT, stage, chosen.out, architecture, lambda step: status.update(f"{step} …")
            )
    except (Refused, collect.NotInstalled, TemplateError) as refused:
        print(refused, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError:
        print(
            "pip could not fetch the wheels (see above). Is the package index reachable?",
            file=sys.stderr,
        )
        return 2
    here = Path.cwd()
    for file in (made.service, made.sender, made.archive):
        shown = file.relative_to(here) if file.is_relative_to(here) else file
        print(f"{shown}  {file.stat().st_size / 1e6:.2f} MB")
    print(f"build {made.build}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
