"""``python -m ops.deploy STAGE``: preflight, change sets, smoke test."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ops import ROOT, dns_records
from ops.aws import clients
from ops.check_result import CheckResult, Severity, missing, needing_action
from ops.deploy.apply import StackApplier
from ops.deploy.deployment import Deployment
from ops.deploy.dry_run import dry_run
from ops.deploy.endings import INTERRUPTED, exit_code_of
from ops.deploy.post_deploy import PostDeployCheck
from ops.deploy.preflight import preflight
from ops.deploy.preflight.account import account_id
from ops.deploy.preflight.context import PreflightContext
from ops.errors import CommandError, Declined
from ops.package import Package
from ops.package import package as make_package
from ops.stage.settings import Stage, load_stage
from ops.terminal import Terminal


def main(arguments: list[str] | None = None) -> int:
    """Deploy one stage. Returns the exit code: 0; 1 when somebody said no or the smoke test
    failed; 2 with what must be mended on stderr; 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("stage", metavar="STAGE", help="a stage of .chalice/config.json")
    parser.add_argument(
        "--dry-run", action="store_true", help="only what needs no account; nothing is changed"
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing, save before losing data")
    parser.add_argument(
        "--incomplete", action="store_true", help="go on although preflight finds things missing"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "out", help="where STAGE/ goes (out)")
    chosen = parser.parse_args(arguments)
    terminal = Terminal.here(yes=chosen.yes)
    stopped = "Stopped; nothing was changed." if chosen.dry_run else INTERRUPTED
    return exit_code_of(lambda: _run(chosen, terminal), stopped)


def _run(chosen: argparse.Namespace, terminal: Terminal) -> int:
    if chosen.dry_run:
        return _dry_run(chosen, terminal)
    stage = load_stage(chosen.stage, complete=True)
    context = PreflightContext(
        stage, clients.aws_clients(), dns_records.dns_lookup, datetime.now(UTC)
    )
    return deploy(context, chosen, terminal, lambda: _packaged(stage, chosen.out, terminal))


def deploy(
    context: PreflightContext,
    chosen: argparse.Namespace,
    terminal: Terminal,
    packaged: Callable[[], Package],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Deploy the context's stage into its account, and return the exit code."""
    stage, clients, lookup = context.stage, context.clients, context.lookup
    with terminal.waiting("preflight"):
        # First, and without it nothing: all the rest would fail for want of credentials.
        account = account_id(context)
        results = list(preflight(context))
    terminal.check_results(f"Preflight of {stage.name}", results)
    confirm_results(results, chosen, terminal)
    package = packaged()
    applying = StackApplier(terminal, sleep)
    service = Deployment(stage, package, account, clients, lookup, applying).run()
    return (
        0 if PostDeployCheck(stage, package.build, clients, lookup, terminal).passes(service) else 1
    )


def _dry_run(chosen: argparse.Namespace, terminal: Terminal) -> int:
    complete = True
    try:
        stage = load_stage(chosen.stage, complete=True)
    except CommandError as lacks:
        # What can be checked without is checked all the same; what cannot is raised here.
        stage = load_stage(chosen.stage)
        terminal.check_results("The settings", [missing("settings", line) for line in lacks.lines])
        complete = False
    lacks_more = dry_run(stage, _packaged(stage, chosen.out, terminal), terminal)
    return 0 if complete and not lacks_more else 2


def confirm_results(
    results: Sequence[CheckResult], chosen: argparse.Namespace, terminal: Terminal
) -> None:
    """Go on, or raise ``CommandError`` or ``Declined`` for what preflight found."""
    stopping = [result.subject for result in results if result.severity is Severity.STOPS]
    if stopping:
        raise CommandError(f"Mend first (above): {', '.join(stopping)}. Nothing was changed.")
    many = len(needing_action(results))
    if not many or chosen.incomplete:
        return
    if chosen.yes:
        raise CommandError(f"{many} missing (above). --incomplete goes on all the same.")
    if not terminal.confirm(f"{many} missing (above). Deploy all the same?"):
        raise Declined("Nothing was changed.")


def _packaged(stage: Stage, out: Path, terminal: Terminal) -> Package:
    with terminal.waiting("packaging") as status:
        return make_package(
            ROOT, stage, out, stage.architecture, lambda step: status.update(f"{step} …")
        )


if __name__ == "__main__":
    sys.exit(main())
