"""The check after a deployment: a smoke test of the stage, once the DNS knows its host name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.clients import Clients
from ops.aws.stacks import Stack
from ops.check_result import CheckResult, Severity, note
from ops.dns_records import DnsLookup
from ops.http_client import HttpClient
from ops.probe import Polling, run_probe
from ops.smoke.checks import ROLLOUT_POLLING, smoke_checks
from ops.smoke.mail import DELIVERY_POLLING, mail_delivery
from ops.stage.settings import Route, Stage
from ops.terminal import Terminal

DNS_POLLING = Polling(120.0, interval=5.0)
"""For a record that the stack made: Route 53 shows it within a minute."""


@dataclass(frozen=True)
class PostDeployCheck:
    """The smoke test of a deployed stage, with a mail where SES can send one."""

    stage: Stage
    build: str
    clients: Clients
    lookup: DnsLookup
    terminal: Terminal
    rollout: Polling = ROLLOUT_POLLING
    delivery: Polling = DELIVERY_POLLING
    dns: Polling = DNS_POLLING

    def passes(self, service: Stack) -> bool:
        """Whether every check passes. As long as the DNS does not know the pages' host name
        nothing is checked, and that is no error."""
        url = service.outputs["Pages"]
        if before := self._prerequisite(service):
            self.terminal.print_line(
                f"The smoke test must wait: {before}, then: make smoke URL={url}",
                "yellow",
            )
            return True
        with self.terminal.progress("smoke test"):
            results = list(self._results(HttpClient(url)))
        self.terminal.print_check_results(f"Smoke test of {url}", results)
        return not any(result.severity is Severity.FAILED for result in results)

    def _prerequisite(self, service: Stack) -> str:
        """What must be done before the pages have a host name in the DNS; empty when they have."""
        domain = service.parameters.get("DomainName", "")
        if not domain or _resolves(domain, self.lookup):
            return ""
        if not service.parameters.get("HostedZoneId"):
            target = service.outputs.get("DomainTarget")
            return f"{domain} leads nowhere yet. Publish {domain} CNAME {target}"
        with self.terminal.progress(f"until the DNS knows {domain}"):
            known = self.dns.until(lambda: _resolves(domain, self.lookup) or None)
        if known:
            return ""
        return f"the record of {domain} was made, this machine's DNS does not know it yet. Wait"

    def _results(self, client: HttpClient) -> Iterator[CheckResult]:
        yield from smoke_checks(client, self.build, self.rollout)
        if any(_can_send(route, self.clients) for route in self.stage.routes):
            yield run_probe("mail", partial(mail_delivery, client, self.delivery))
        else:
            yield note("mail", "Not tried: SES has verified no route yet. Publish the records.")


def _resolves(domain: str, lookup: DnsLookup) -> bool:
    try:
        return bool(lookup(domain, "A"))
    except OSError:
        return False


def _can_send(route: Route, clients: Clients) -> bool:
    try:
        read = clients("sesv2", route.region).get_email_identity(EmailIdentity=route.domain)
    except (BotoCoreError, ClientError):
        return False
    # MAIL FROM as well: the routes refuse to send by SES's own.
    bounces = read.get("MailFromAttributes", {}).get("MailFromDomainStatus")
    return bool(read.get("VerifiedForSendingStatus")) and bounces == "SUCCESS"
