"""The command line ``ops``: its commands, each imported only when it is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from ops import exit_codes

PROGRAM = ".venv/bin/python -m ops"
COMPLETE_VARIABLE = "_OPS_COMPLETE"
"""The environment variable with which ``ops/completion.bash`` asks for completions."""

COMMANDS = {
    "pages": "Build the pages and the message catalogues.",
    "pictures": "Draw the pictures of pages in the READMEs.",
    "bundle": "Make the zip for Lambda.",
    "package": "Package a stage: its templates and the zip.",
    "deploy": "Package a stage and deploy it into an AWS account.",
    "smoke": "Test a deployed service from outside.",
    "redrive": "Bring dead letters back to work.",
    "destroy": "Delete a stage from an AWS account.",
    "check": "Lint and scan the templates of every stage.",
    "costs": "Print what the service costs.",
}
"""By name, the first line of each command's help: the list is printed without an import."""


class LazyGroup(click.Group):
    """A group whose command NAME is ``command`` of ``ops.commands.NAME``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"ops.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, which click would import for it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names and options; click would import every command for it."""
        names = [
            CompletionItem(name, help=text)
            for name, text in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
)
@click.pass_context
def program(context: click.Context) -> None:
    """Commands for operators and maintainers of Todoku.

    `.venv/bin/python -m ops COMMAND --help` explains one of them; `make` has short names for most.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` name (default: those of the process).

    Returns its exit code; see ``ops.exit_codes``.
    """
    try:
        code = program.main(
            arguments,
            prog_name=PROGRAM,
            complete_var=COMPLETE_VARIABLE,
            standalone_mode=False,
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        # Ctrl-C before a command has begun, which says by itself what it leaves behind.
        print(exit_codes.STOPPED, file=sys.stderr)
        return exit_codes.INTERRUPTED
    return int(code or exit_codes.OK)
