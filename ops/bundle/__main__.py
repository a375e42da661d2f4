"""``python -m ops.bundle OUT_DIR``: make the bundle and say how large it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from ops.bundle import bundle, collect

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    """Read the command line and make one bundle."""
    parser = argparse.ArgumentParser(prog="python -m ops.bundle", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="where tree/ and the zip go")
    parser.add_argument(
        "--platform",
        choices=sorted(collect.MACHINES),
        help="fetch wheels for this Lambda architecture (default: this machine's own)",
    )
    chosen = parser.parse_args()
    made = bundle(ROOT, chosen.out, chosen.platform)
    print(f"{made.archive}  {made.size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
