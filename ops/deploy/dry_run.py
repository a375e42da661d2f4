"""The dry run of a deployment: print the stacks' parameters and all checks that need no account."""

from __future__ import annotations

from ops.check_result import CheckResult, needing_action
from ops.deploy.deployment import relative_path
from ops.deploy.preflight import CHECKS
from ops.deploy.settings_checks import check_settings
from ops.package import Package
from ops.route_overlap import check_route_overlap
from ops.stage.settings import Stage
from ops.terminal import Terminal


def dry_run(stage: Stage, package: Package, terminal: Terminal) -> list[CheckResult]:
    """Print what would be deployed and checked, and return the results that need an action."""
    terminal.print_line(f"Build {package.build} in {relative_path(package.folder)} is ready.")
    stacks = [(stage.stack, stage.region, stage.service)]
    stacks += [(route.stack, route.region, route.parameters) for route in stage.routes]
    for name, region, parameters in stacks:
        terminal.print_line(f"\nStack {name} in {region}; what is not here has its default:")
        for parameter, value in parameters.items():
            terminal.print_line(f"  {parameter} = {value}")
    results = [*check_settings(stage), *check_route_overlap(stage.routes)]
    terminal.print_line("")
    terminal.print_check_results("What is chosen, and what the routes share", results)
    terminal.print_line("\nPreflight would ask AWS and the DNS:")
    for check in CHECKS:
        terminal.print_line(f"  {check.subject}: {check.permissions}")
    return needing_action(results)
