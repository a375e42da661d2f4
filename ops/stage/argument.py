"""The argument STAGE of a command, completed from ``.chalice/config.json``."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from ops.errors import CommandError
from ops.stage.settings import stage_names


class StageName(click.ParamType[str]):
    """The name of a stage. Whether there is such a stage is for ``load_stage`` to say."""

    name = "stage"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The stages whose names begin like that."""
        try:
            names = stage_names()
        except (CommandError, OSError):
            return []
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


stage_argument = click.argument(
    "stage_name", metavar="STAGE", type=StageName(), help="A stage of .chalice/config.json."
)
