"""``python -m ops.destroy.command STAGE``: take down a stage that may be lost."""

from __future__ import annotations

import argparse
import sys

from ops.aws import clients
from ops.deploy.endings import exit_code_of
from ops.destroy.stage_deletion import StageDeletion
from ops.stage.settings import load_stage
from ops.terminal import Terminal


def main(arguments: list[str] | None = None) -> int:
    """Destroy one stage. Returns the exit code: 0; 1 when somebody said no or something is
    left; 2 with what must be mended on stderr; 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make destroy", description=__doc__)
    parser.add_argument("stage", metavar="STAGE", help="a stage of .chalice/config.json")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    chosen = parser.parse_args(arguments)
    return exit_code_of(lambda: _destroy(chosen.stage, Terminal.here(yes=chosen.yes)))


def _destroy(name: str, terminal: Terminal) -> int:
    left = StageDeletion(load_stage(name), clients.aws_clients(), terminal).run()
    for line in left:
        print(line, file=sys.stderr)
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
