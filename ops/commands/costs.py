"""The command ``costs``."""

from __future__ import annotations

import click

from ops import exit_codes
from ops.costs.tables import APPLICANTS, tables


class Count(click.ParamType[int]):
    """A number of people, with or without commas."""

    name = "count"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        digits = value.replace(",", "")
        if not digits.isdecimal():
            self.fail(f"{value!r} is no number of people", param, ctx)
        return int(digits)


@click.command(epilog=exit_codes.epilog("printed", error="bad usage"))
@click.argument(
    "applicants",
    metavar="[APPLICANTS]...",
    type=Count(),
    nargs=-1,
    help="How many finish their registration within one month, a column each"
    f" (default: {' '.join(f'{number:,}' for number in APPLICANTS)}).",
)
def command(applicants: tuple[int, ...]) -> int:
    """Print what the service costs.

    Tables in Markdown, as in docs/deploy.md: a season, 1,000 registrations, a month without any,
    Cognito's users, and what deleting them costs.
    """

    def print_tables() -> int:
        print("\n\n".join(["\n".join(table) for table in tables(applicants or APPLICANTS)]))
        return exit_codes.OK

    return exit_codes.exit_code_of(print_tables)
