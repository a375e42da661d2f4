"""``make test-aws STAGE=…``: the suite against a deployed stage."""

from __future__ import annotations

import argparse
import os
import sys

import pytest

from ops.errors import CommandError
from ops.stage.settings import load_stage
from tests.endtoend import deployed, mailbox

LONGEST = 900
"""Seconds a test may take: it waits for real minutes, and each mail for up to three."""


def main(arguments: list[str] | None = None) -> int:
    """Say where the suite goes, then run it; pytest says what it is about to send.

    Returns pytest's exit code, or 2 with what must be mended first on stderr.
    """
    parser = argparse.ArgumentParser(prog=".venv/bin/python -m tests.endtoend", description=__doc__)
    parser.add_argument("stage", metavar="STAGE", help="a stage of .chalice/config.json")
    chosen, rest = parser.parse_known_args(arguments)
    try:
        readable = mailbox.configured(os.environ)
        stage = load_stage(chosen.stage)
        place = deployed.find(stage)
        if readable:
            readable.sign_in()
    except CommandError as refused:
        print(refused, file=sys.stderr)
        return 2
    print(f"stage {stage.name}: {place.pages} in account {place.account}, {stage.region}")
    print(f"Users are made in the pool {place.pool}, from this machine's network.", flush=True)
    return pytest.main(
        [
            "tests/endtoend",
            "--target=aws",
            f"--stage={stage.name}",
            # Nowhere else may a test reach beyond loopback (pyproject.toml).
            "--force-enable-socket",
            f"--timeout={LONGEST}",
            "--durations=10",
            "--verbose",
            *rest,
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
