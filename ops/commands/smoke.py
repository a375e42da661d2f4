"""The command ``smoke``."""

from __future__ import annotations

from functools import partial

import click

from ops import exit_codes
from ops.check_result import Severity, note
from ops.errors import CommandError
from ops.http_client import HttpClient
from ops.probe import run_probe
from ops.smoke.checks import smoke_checks
from ops.smoke.mail import mail_delivery
from ops.terminal import Terminal


@click.command(epilog=exit_codes.epilog("every check passed", "a check failed"))
@click.argument("url", metavar="URL", help="The output Pages of the service's stack.")
@click.option("--build", metavar="BUILD", show_default="any", help="The build that must answer.")
@click.option("--no-mail", is_flag=True, help="Make no registration, so that no mail is sent.")
def command(url: str, build: str | None, no_mail: bool) -> int:
    """Test a deployed service from outside.

    It asks as a visitor does and leaves nothing: the one registration that it makes goes to SES's
    mailbox simulator, which takes mail even from the sandbox, and is forgotten again.
    """
    return exit_codes.exit_code_of(lambda: _smoke(url, build, no_mail))


def _smoke(url: str, build: str | None, no_mail: bool) -> int:
    try:
        client = HttpClient(url)
    except ValueError as error:
        raise CommandError(str(error)) from error
    results = list(smoke_checks(client, build))
    if no_mail:
        results.append(note("mail", "not tried"))
    else:
        results.append(run_probe("mail", partial(mail_delivery, client)))
    Terminal.here(yes=False).print_check_results(f"Smoke test of {url}", results)
    failed = any(result.severity is Severity.FAILED for result in results)
    return exit_codes.NEGATIVE if failed else exit_codes.OK
