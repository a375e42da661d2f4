"""``python -m ops.deploy STAGE``: preflight, change sets, smoke test."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ops import dns_records
from ops.aws import clients
from ops.check_result import Finding, Mark, lacking, missing
from ops.deploy.apply import Applying, Declined
from ops.deploy.deployment import Deployment
from ops.deploy.dry_run import dry_run
from ops.deploy.endings import STOPPED, ended
from ops.deploy.post_deploy import Proof
from ops.deploy.preflight import preflight
from ops.deploy.preflight.account import number
from ops.deploy.preflight.context import Ground
from ops.package import Package
from ops.package import package as make_package
from ops.stage import ROOT, Refused
from ops.stage.settings import Stage, load
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
    stopped = "Stopped; nothing was changed." if chosen.dry_run else STOPPED
    return ended(lambda: _run(chosen, terminal), stopped)


def _run(chosen: argparse.Namespace, terminal: Terminal) -> int:
    if chosen.dry_run:
        return _rehearse(chosen, terminal)
    stage = load(chosen.stage, complete=True)
    ground = Ground(stage, clients.clients(), dns_records.look_up, datetime.now(UTC))
    return deploy(ground, chosen, terminal, lambda: _packaged(stage, chosen.out, terminal))


def deploy(
    ground: Ground,
    chosen: argparse.Namespace,
    terminal: Terminal,
    packaged: Callable[[], Package],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Deploy the ground's stage into its account; the exit code. Raises as ``ended`` expects."""
    stage, clients, lookup = ground.stage, ground.clients, ground.lookup
    with terminal.waiting("preflight"):
        # First, and without it nothing: all the rest would fail for want of credentials.
        account = number(ground)
        findings = list(preflight(ground))
    terminal.findings(f"Preflight of {stage.name}", findings)
    agree_to(findings, chosen, terminal)
    package = packaged()
    applying = Applying(terminal, sleep)
    service = Deployment(stage, package, account, clients, lookup, applying).run()
    return 0 if Proof(stage, package.build, clients, lookup, terminal).holds(service) else 1


def _rehearse(chosen: argparse.Namespace, terminal: Terminal) -> int:
    complete = True
    try:
        stage = load(chosen.stage, complete=True)
    except Refused as lacks:
        # What can be checked without is checked all the same; what cannot is raised here.
        stage = load(chosen.stage)
        terminal.findings("The settings", [missing("settings", line) for line in lacks.problems])
        complete = False
    lacks_more = dry_run(stage, _packaged(stage, chosen.out, terminal), terminal)
    return 0 if complete and not lacks_more else 2


def agree_to(findings: Sequence[Finding], chosen: argparse.Namespace, terminal: Terminal) -> None:
    """Go on, or raise ``Refused`` or ``Declined`` for what preflight found."""
    stopping = [finding.about for finding in findings if finding.mark is Mark.STOPS]
    if stopping:
        raise Refused(f"Mend first (above): {', '.join(stopping)}. Nothing was changed.")
    many = len(lacking(findings))
    if not many or chosen.incomplete:
        return
    if chosen.yes:
        raise Refused(f"{many} missing (above). --incomplete goes on all the same.")
    if not terminal.agreed(f"{many} missing (above). Deploy all the same?"):
        raise Declined("Nothing was changed.")


def _packaged(stage: Stage, out: Path, terminal: Terminal) -> Package:
    with terminal.waiting("packaging") as status:
        return make_package(
            ROOT, stage, out, stage.architecture, lambda step: status.update(f"{step} …")
        )


if __name__ == "__main__":
    sys.exit(main())
