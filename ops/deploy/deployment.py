"""The order of a deployment: artefacts, the service, its address, the routes, their records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ops import dns_records
from ops.aws.clients import Clients
from ops.aws.stacks import Stack, find, must_be_ready
from ops.deploy import artifact_bucket, desired_stack
from ops.deploy.apply import Applying, Declined
from ops.dns_records import Lookup
from ops.package import Package
from ops.stage.settings import Route, Stage


@dataclass(frozen=True)
class Deployment:
    """One stage into one account. Every step may run twice."""

    stage: Stage
    package: Package
    account: str
    clients: Clients
    lookup: Lookup
    applying: Applying

    def run(self) -> Stack:
        """Do everything, and give the service's stack.

        Raises ``Declined`` and ``Refused``; what was done before stays, and is whole.
        """
        cloudformation = self.clients("cloudformation", self.stage.region)
        # Before anything is uploaded for it.
        must_be_ready(find(cloudformation, self.stage.stack))
        service = self._service(self._upload())
        self._keep(self.stage.stack, self.stage.region)
        for route in self.stage.routes:
            self._route(route, service)
            self._keep(route.stack, route.region)
        return service

    def _upload(self) -> str:
        s3 = self.clients("s3", self.stage.region)
        name = artifact_bucket.bucket(self.account, self.stage.region)
        terminal = self.applying.terminal
        if not artifact_bucket.exists(s3, name, self.account):
            if not terminal.agreed(f"Make the bucket {name} for what is deployed?"):
                raise Declined("No bucket, no deployment; nothing was changed.")
            artifact_bucket.make(s3, name, self.stage.region)
        artifact_bucket.settle(s3, name, self.account)
        with terminal.waiting(f"uploading to {name}"):
            return artifact_bucket.upload(s3, name, self.account, self.package)

    def _service(self, template_url: str) -> Stack:
        cloudformation = self.clients("cloudformation", self.stage.region)
        before = find(cloudformation, self.stage.stack)
        service = self.applying.bring(
            cloudformation, desired_stack.service(self.stage, template_url, before)
        )
        again = desired_stack.settled(self.stage, template_url, service)
        if again is None:
            return service
        self.applying.terminal.say(
            f"The pages are at {service.outputs[desired_stack.BASE_URL]}. A second change tells the"
            " stack what it could not know or be before: its own address (function -> API ->"
            " function is a cycle), and protection (a creation that fails could not be taken back)."
        )
        return self.applying.bring(cloudformation, again)

    def _route(self, route: Route, service: Stack) -> None:
        cloudformation = self.clients("cloudformation", route.region)
        stack = self.applying.bring(
            cloudformation, desired_stack.route(route, self.package, service)
        )
        terminal = self.applying.terminal
        zone_file = stack.outputs["ZoneFile"]
        file = self.package.folder / f"{route.name}.zone"
        file.write_text(zone_file, encoding="utf-8")
        try:
            unseen = dns_records.unseen(dns_records.records(zone_file), self.lookup)
        except OSError as error:
            terminal.say(f"{shown(file)}: publish these records ({error})", "yellow")
            return
        if unseen:
            terminal.say(
                f"{shown(file)}: publish these records, not seen in the DNS yet:", "yellow"
            )
            for record in unseen:
                terminal.say(f"  {record}")
        else:
            terminal.say(f"{shown(file)}: all records are in the DNS.", "green")

    def _keep(self, name: str, region: str) -> None:
        """Termination protection, on for a stage that must not be lost and off for one that may."""
        keep, cloudformation = self.stage.protected, self.clients("cloudformation", region)
        stack = find(cloudformation, name)
        if stack is None or stack.kept == keep:
            return
        cloudformation.update_termination_protection(
            StackName=name, EnableTerminationProtection=keep
        )
        self.applying.terminal.say(
            f"{name}: termination protection is {'on' if keep else 'off'}.", "green"
        )


def shown(file: Path) -> str:
    """The path as one would type it here."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
