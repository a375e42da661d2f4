"""The command ``deploy``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from ops import ROOT, dns_records, exit_codes
from ops.aws.clients import aws_clients
from ops.aws.errors import STOPPED, as_command_errors
from ops.check_result import CheckResult, Severity, missing, needing_action
from ops.deploy.apply import StackApplier
from ops.deploy.deployment import Deployment
from ops.deploy.dry_run import dry_run
from ops.deploy.post_deploy import PostDeployCheck
from ops.deploy.preflight import preflight
from ops.deploy.preflight.account import account_id
from ops.deploy.preflight.context import PreflightContext
from ops.errors import CommandError, Declined
from ops.package import Package, package
from ops.stage.argument import stage_argument
from ops.stage.settings import Stage, load_stage
from ops.terminal import Terminal


@dataclass(frozen=True)
class Consent:
    """What was agreed to on the command line, before anything is asked."""

    yes: bool = False
    incomplete: bool = False


@click.command(
    epilog=exit_codes.epilog(
        "deployed, and the smoke test passed", "declined; the smoke test failed"
    )
)
@stage_argument
@click.option(
    "--dry-run", is_flag=True, help="Only what needs no account; nothing is changed there."
)
@click.option("--yes", is_flag=True, help="Ask nothing, except before data would be lost.")
@click.option(
    "--incomplete", is_flag=True, help="Go on although preflight finds something missing."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=ROOT / "out",
    show_default="out",
    help="Where the folder STAGE goes.",
)
def command(stage_name: str, dry_run: bool, yes: bool, incomplete: bool, out: Path) -> int:
    """Package a stage and deploy it into an AWS account.

    A preflight of account, SES, DNS and quotas; change sets that are shown and agreed to; a smoke
    test. The account is that of AWS_PROFILE. The same command goes on after it was stopped.
    """
    terminal = Terminal.here(yes=yes)
    if dry_run:
        return exit_codes.exit_code_of(
            lambda: _dry_run(stage_name, out, terminal), "Stopped; nothing was changed."
        )
    consent = Consent(yes, incomplete)
    return exit_codes.exit_code_of(lambda: _deploy(stage_name, consent, out, terminal), STOPPED)


@as_command_errors()
def _deploy(stage_name: str, consent: Consent, out: Path, terminal: Terminal) -> int:
    stage = load_stage(stage_name, complete=True)
    context = PreflightContext(stage, aws_clients(), dns_records.dns_lookup, datetime.now(UTC))
    return deploy(context, consent, terminal, lambda: _package(stage, out, terminal))


def deploy(
    context: PreflightContext,
    consent: Consent,
    terminal: Terminal,
    package: Callable[[], Package],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Deploy the context's stage into its account, and return the exit code."""
    stage, clients, lookup = context.stage, context.clients, context.lookup
    with terminal.progress("preflight"):
        # First, and without it nothing: all the rest would fail for want of credentials.
        account = account_id(context)
        results = list(preflight(context))
    terminal.print_check_results(f"Preflight of {stage.name}", results)
    confirm_results(results, consent, terminal)
    packaged = package()
    applier = StackApplier(terminal, sleep)
    service = Deployment(stage, packaged, account, clients, lookup, applier).run()
    check = PostDeployCheck(stage, packaged.build, clients, lookup, terminal)
    return exit_codes.OK if check.passes(service) else exit_codes.NEGATIVE


@as_command_errors()
def _dry_run(stage_name: str, out: Path, terminal: Terminal) -> int:
    complete = True
    try:
        stage = load_stage(stage_name, complete=True)
    except CommandError as error:
        # What can be checked without is checked all the same; what cannot is raised here.
        stage = load_stage(stage_name)
        terminal.print_check_results(
            "The settings", [missing("settings", line) for line in error.lines]
        )
        complete = False
    lacking = dry_run(stage, _package(stage, out, terminal), terminal)
    return exit_codes.OK if complete and not lacking else exit_codes.ERROR


def confirm_results(results: Sequence[CheckResult], consent: Consent, terminal: Terminal) -> None:
    """Ask whether to go on with what preflight found. Raises ``CommandError``, ``Declined``."""
    stopping = [result.subject for result in results if result.severity is Severity.STOPS]
    if stopping:
        raise CommandError(f"Mend first (above): {', '.join(stopping)}. Nothing was changed.")
    many = len(needing_action(results))
    if not many or consent.incomplete:
        return
    if consent.yes:
        raise CommandError(f"{many} missing (above). --incomplete goes on all the same.")
    if not terminal.confirm(f"{many} missing (above). Deploy all the same?"):
        raise Declined("Nothing was changed.")


def _package(stage: Stage, out: Path, terminal: Terminal) -> Package:
    with terminal.progress("packaging") as status:
        return package(
            ROOT, stage, out, stage.architecture, lambda step: status.update(f"{step} …")
        )
