"""After a deployment: does it work?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.clients import Clients
from ops.aws.stacks import Stack
from ops.check_result import Finding, Mark, note
from ops.dns_records import Lookup
from ops.http_client import Visitor
from ops.probe import Patience, tried
from ops.smoke.checks import WARMING, smoke
from ops.smoke.mail import DELIVERING, mailed
from ops.stage.settings import Route, Stage
from ops.terminal import Terminal

POINTING = Patience(120.0, every=5.0)
"""For a record that the stack made: Route 53 shows it within a minute."""


@dataclass(frozen=True)
class Proof:
    """The smoke test of a stage, with a mail where one may leave."""

    stage: Stage
    build: str
    clients: Clients
    lookup: Lookup
    terminal: Terminal
    warming: Patience = WARMING
    delivering: Patience = DELIVERING
    pointing: Patience = POINTING

    def holds(self, service: Stack) -> bool:
        """Whether everything passes. Not tried, and no failure, as long as the DNS does not know
        the pages' host name."""
        url = service.outputs["Pages"]
        if before := self._what_comes_first(service):
            self.terminal.say(
                f"The smoke test must wait: {before}, then: .venv/bin/python -m ops.smoke.checks"
                f" {url}",
                "yellow",
            )
            return True
        with self.terminal.waiting("smoke test"):
            findings = list(self._tried(Visitor(url)))
        self.terminal.findings(f"Smoke test of {url}", findings)
        return not any(finding.mark is Mark.FAILED for finding in findings)

    def _what_comes_first(self, service: Stack) -> str:
        """What must come before the pages can be reached by their name; empty when they can be."""
        domain = service.parameters.get("DomainName", "")
        if not domain or _leads_somewhere(domain, self.lookup):
            return ""
        if not service.parameters.get("HostedZoneId"):
            target = service.outputs.get("DomainTarget")
            return f"{domain} leads nowhere yet. Publish {domain} CNAME {target}"
        with self.terminal.waiting(f"until the DNS knows {domain}"):
            known = self.pointing.until(lambda: _leads_somewhere(domain, self.lookup) or None)
        if known:
            return ""
        return f"the record of {domain} was made, this machine's DNS does not know it yet. Wait"

    def _tried(self, visitor: Visitor) -> Iterator[Finding]:
        yield from smoke(visitor, self.build, self.warming)
        if any(_may_send(route, self.clients) for route in self.stage.routes):
            yield tried("mail", partial(mailed, visitor, self.delivering))
        else:
            yield note("mail", "Not tried: SES has verified no route yet. Publish the records.")


def _leads_somewhere(domain: str, lookup: Lookup) -> bool:
    try:
        return bool(lookup(domain, "A"))
    except OSError:
        return False


def _may_send(route: Route, clients: Clients) -> bool:
    try:
        read = clients("sesv2", route.region).get_email_identity(EmailIdentity=route.domain)
    except (BotoCoreError, ClientError):
        return False
    # MAIL FROM as well: the routes refuse to send by SES's own.
    bounces = read.get("MailFromAttributes", {}).get("MailFromDomainStatus")
    return bool(read.get("VerifiedForSendingStatus")) and bounces == "SUCCESS"
