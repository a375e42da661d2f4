"""The command ``destroy``."""

from __future__ import annotations

import sys

import click

from ops import exit_codes
from ops.aws.clients import aws_clients
from ops.aws.errors import STOPPED, as_command_errors
from ops.destroy.stage_deletion import StageDeletion
from ops.stage.argument import stage_argument
from ops.stage.settings import load_stage
from ops.terminal import Terminal


@click.command(
    epilog=exit_codes.epilog(
        "nothing of the stage is left", "declined; or something is left, each a line on stderr"
    )
)
@stage_argument
@click.option("--yes", is_flag=True, help="Ask nothing.")
def command(stage_name: str, yes: bool) -> int:
    """Delete a stage from an AWS account.

    Deletes its stacks with all the data in them, after the stage's name was typed. The account is
    that of AWS_PROFILE. A protected stage is not deleted.
    """
    return exit_codes.exit_code_of(lambda: _destroy(stage_name, Terminal.here(yes=yes)), STOPPED)


@as_command_errors()
def _destroy(name: str, terminal: Terminal) -> int:
    left = StageDeletion(load_stage(name), aws_clients(), terminal).run()
    for line in left:
        print(line, file=sys.stderr)
    return exit_codes.NEGATIVE if left else exit_codes.OK
