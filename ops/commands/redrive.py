"""The command ``redrive``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from ops import exit_codes
from ops.aws.clients import Clients, aws_clients
from ops.aws.errors import as_command_errors
from ops.redrive.queues import QUEUES, find_queue
from ops.redrive.redrive import Redrive
from ops.stage.argument import StageName
from ops.stage.settings import load_stage
from ops.terminal import Terminal

NOTHING_LOST = "What was not brought back is on its queue, now or within ten minutes."


@click.command(
    epilog=exit_codes.epilog(
        "everything was brought back, or there was nothing",
        "declined; or something is left, each told",
    )
)
@click.argument(
    "queue", metavar="QUEUE", type=click.Choice(QUEUES), help=f"One of: {', '.join(QUEUES)}."
)
@click.option(
    "--stage",
    "stage_name",
    type=StageName(),
    required=True,
    help="A stage of .chalice/config.json.",
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
def command(queue: str, stage_name: str, yes: bool) -> int:
    """Bring dead letters back to work.

    Shows how many there are, of which kinds, how old, with their references; and asks. Messages
    that cannot be read are told and left. An event with a code is not given to its function again,
    since a newer code may work by now: a job has a new one issued where none does. The account is
    that of AWS_PROFILE. Mend first what made them fail, or they end here again.
    """
    terminal = Terminal.here(yes=yes)
    return exit_codes.exit_code_of(
        lambda: redrive(queue, stage_name, aws_clients(), terminal), f"Stopped. {NOTHING_LOST}"
    )


@as_command_errors(NOTHING_LOST)
def redrive(queue: str, stage_name: str, clients: Clients, terminal: Terminal) -> int:
    """Bring back the messages of ``queue``, and return the exit code."""
    found, destination = find_queue(queue, load_stage(stage_name), clients)
    left = Redrive(found, destination, terminal, datetime.now(UTC)).run()
    if left:
        print(f"{left} left in {found.name}.", file=sys.stderr)
    return exit_codes.NEGATIVE if left else exit_codes.OK
