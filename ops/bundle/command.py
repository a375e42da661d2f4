"""``python -m ops.bundle OUT_DIR``: make the bundle and say how large it is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ops import ROOT
from ops.bundle import bundle, collect
from ops.exit_codes import exit_code_of


def main() -> int:
    """Read the command line and make one bundle. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ops.bundle", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="where tree/ and the zip go")
    parser.add_argument(
        "--platform",
        choices=sorted(collect.MACHINES),
        help="fetch wheels for this Lambda architecture (default: this machine's own)",
    )
    chosen = parser.parse_args()
    return exit_code_of(lambda: _make(chosen.out, chosen.platform))


def _make(out: Path, platform: str | None) -> int:
    made = bundle(ROOT, out, platform)
    print(f"{made.archive}  {made.size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
