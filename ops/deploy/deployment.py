"""The steps of a deployment: upload, the service's stack, the routes' stacks, their records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from ops import dns_records
from ops.aws.clients import Clients
from ops.aws.errors import describe_error
from ops.aws.stacks import Stack, find_stack, require_updatable
from ops.deploy import artifact_bucket, desired_stack
from ops.deploy.apply import StackApplier
from ops.deploy.route_records import RouteRecords, route_records
from ops.dns_records import DnsLookup
from ops.errors import Declined
from ops.package import Package
from ops.spf import MERGE
from ops.stage.settings import Route, Stage


@dataclass(frozen=True)
class Deployment:
    """The deployment of one stage into one account. Every step may run twice."""

    stage: Stage
    package: Package
    account: str
    clients: Clients
    lookup: DnsLookup
    applier: StackApplier

    def run(self) -> Stack:
        """Run every step, and return the service's stack.

        Raises ``Declined`` and ``CommandError``; what was done before stays, and is whole.
        """
        cloudformation = self.clients("cloudformation", self.stage.region)
        # Before anything is uploaded for it.
        require_updatable(find_stack(cloudformation, self.stage.stack))
        service = self._service(self._upload())
        self._set_termination_protection(self.stage.stack, self.stage.region)
        for route in self.stage.routes:
            self._route(route, service)
            self._set_termination_protection(route.stack, route.region)
        return service

    def _upload(self) -> str:
        s3 = self.clients("s3", self.stage.region)
        name = artifact_bucket.bucket_name(self.account, self.stage.region)
        terminal = self.applier.terminal
        if not artifact_bucket.exists(s3, name, self.account):
            if not terminal.confirm(f"Make the bucket {name} for what is deployed?"):
                raise Declined("No bucket, no deployment; nothing was changed.")
            artifact_bucket.create(s3, name, self.stage.region)
        artifact_bucket.configure(s3, name, self.account)
        with terminal.progress(f"uploading to {name}"):
            return artifact_bucket.upload(s3, name, self.account, self.package)

    def _service(self, template_url: str) -> Stack:
        cloudformation = self.clients("cloudformation", self.stage.region)
        before = find_stack(cloudformation, self.stage.stack)
        service = self.applier.apply(
            cloudformation, desired_stack.service_stack(self.stage, template_url, before)
        )
        again = desired_stack.completed_service_stack(self.stage, template_url, service)
        if again is None:
            return service
        self.applier.terminal.print_line(
            f"The pages are at {service.outputs[desired_stack.BASE_URL]}. A second change tells the"
            " stack what it could not know or be before: its own address (function -> API ->"
            " function is a cycle), and protection (a creation that fails could not be taken back)."
        )
        return self.applier.apply(cloudformation, again)

    def _route(self, route: Route, service: Stack) -> None:
        cloudformation = self.clients("cloudformation", route.region)
        stack = self.applier.apply(
            cloudformation, desired_stack.route_stack(route, self.package, service)
        )
        terminal = self.applier.terminal
        found = self._records(route, stack)
        file = self.package.folder / f"{route.name}.zone"
        file.write_text(found.zone_file, encoding="utf-8")
        if found.differing:
            terminal.print_line(
                f"{relative_path(file)} has SES's own DKIM records; the output ZoneFile of"
                f" {stack.name} has others. Publish those of the file:",
                "yellow",
            )
            for record in found.differing:
                terminal.print_line(f"  {record}")
        try:
            unpublished = dns_records.unpublished(found.records, self.lookup)
        except OSError as error:
            terminal.print_line(f"{relative_path(file)}: publish these records ({error})", "yellow")
            return
        if unpublished:
            terminal.print_line(
                f"{relative_path(file)}: publish these records, not seen in the DNS yet:", "yellow"
            )
            for record in unpublished:
                terminal.print_line(f"  {record}")
            if any(record.is_spf for record in unpublished):
                terminal.print_line(f"  A domain has one SPF record: {MERGE}.", "yellow")
        else:
            terminal.print_line(f"{relative_path(file)}: all records are in the DNS.", "green")

    def _records(self, route: Route, stack: Stack) -> RouteRecords:
        output, identity = stack.outputs["ZoneFile"], {}
        try:
            identity = self.clients("sesv2", route.region).get_email_identity(
                EmailIdentity=route.domain
            )
        except (BotoCoreError, ClientError) as error:
            self.applier.terminal.print_line(
                f"SES could not be asked for the keys of {route.domain}; they are the stack's"
                f" outputs: {describe_error(error)}",
                "yellow",
            )
        return route_records(output, route.domain, identity)

    def _set_termination_protection(self, name: str, region: str) -> None:
        """On for a stage that must not be lost, off for one that may."""
        on, cloudformation = self.stage.protected, self.clients("cloudformation", region)
        stack = find_stack(cloudformation, name)
        if stack is None or stack.termination_protection == on:
            return
        cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=on)
        self.applier.terminal.print_line(
            f"{name}: termination protection is {'on' if on else 'off'}.", "green"
        )


def relative_path(file: Path) -> str:
    """The path relative to the current directory, where it is below it."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
