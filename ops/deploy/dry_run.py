"""``--dry-run``: all of a deployment that needs no account."""

from __future__ import annotations

from ops.check_result import Finding, lacking
from ops.deploy.deployment import shown
from ops.deploy.preflight import CHECKS
from ops.deploy.settings_checks import choices
from ops.package import Package
from ops.route_overlap import shared
from ops.stage.settings import Stage
from ops.terminal import Terminal


def dry_run(stage: Stage, package: Package, terminal: Terminal) -> list[Finding]:
    """Show what would be asked and given; what was found lacking."""
    terminal.say(f"Build {package.build} in {shown(package.folder)} is ready.")
    stacks = [(stage.stack, stage.region, stage.service)]
    stacks += [(route.stack, route.region, route.parameters) for route in stage.routes]
    for name, region, parameters in stacks:
        terminal.say(f"\nStack {name} in {region}; what is not here has its default:")
        for parameter, value in parameters.items():
            terminal.say(f"  {parameter} = {value}")
    findings = [*choices(stage), *shared(stage.routes)]
    terminal.say("")
    terminal.findings("What is chosen, and what the routes share", findings)
    terminal.say("\nPreflight would ask AWS and the DNS:")
    for check in CHECKS:
        terminal.say(f"  {check.about}: {check.asks}")
    return lacking(findings)
