"""Mail delivery by SES, from acceptance to the mailbox or a bounce."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from local import mx_table
from local.clock import Clock
from local.mail_providers import MailProviders, ProviderRule
from local.mailbox import Mailbox, Message
from local.scheduler import Scheduler
from local.ses import events
from local.ses.mail import Mail
from local.ses.mail_log import MailLog
from local.ses.suppression_list import SuppressionList

SIMULATOR_DOMAIN = "simulator.amazonses.com"
RETRY_AFTER = 15.0
"""Seconds until the next attempt of a deferred mail."""
DISORDER_DELAY = 0.5
"""Seconds by which ``Send`` comes late when a provider's events are out of order."""

Publish = Callable[[Mail, dict[str, Any]], None]


class MailDelivery:
    """Delivers mails to the mailbox as the providers' rules say, and publishes SES's events."""

    def __init__(
        self,
        providers: MailProviders,
        mailbox: Mailbox,
        log: MailLog,
        suppression: SuppressionList,
        scheduler: Scheduler,
        clock: Clock,
        publish: Publish,
        transit: float,
    ) -> None:
        """``transit``: seconds that a mail needs to its provider."""
        self._providers = providers
        self._mailbox = mailbox
        self._log = log
        self._suppression = suppression
        self._scheduler = scheduler
        self._clock = clock
        self._publish = publish
        self._transit = transit

    def deliver(self, mail: Mail, lifetime: float) -> None:
        """Deliver a mail. SES gives up after ``lifetime`` seconds of deferrals."""
        self._log.accepted(mail)
        local, _, domain = mail.to.rpartition("@")
        rule = self._providers.rule(domain, mail.route)
        if rule.behaviour == "silent":
            return
        self._publish_event(mail, rule, events.record(mail, "Send"))
        if "EICAR-STANDARD-ANTIVIRUS-TEST-FILE" in mail.text:
            self._publish_event(
                mail, rule, events.record(mail, "Reject", {"reason": "Bad content"})
            )
        elif domain.lower() == SIMULATOR_DOMAIN:
            self._soon(lambda: self._simulate(mail, rule, local.partition("+")[0].lower()))
        elif self._suppression.holds(mail.to, mail.configuration_set, mail.region):
            self._soon(lambda: self._suppressed(mail, rule))
        elif not mx_table.exists(domain):
            diagnostic = "smtp; 550 5.4.4 Invalid domain"
            self._soon(lambda: self._bounce(mail, rule, "General", "5.4.4", diagnostic))
        else:
            ends = self._clock.time() + lifetime
            self._soon(lambda: self._attempt(mail, ends, self._clock.time()))

    def _soon(self, action: Callable[[], None]) -> None:
        self._scheduler.call_later(self._transit, action)

    def _attempt(self, mail: Mail, ends: float, first: float) -> None:
        """Delivery attempt at the provider."""
        rule = self._providers.rule(mail.to.rpartition("@")[2], mail.route)
        match rule.behaviour:
            case "refuse":
                diagnostic = "smtp; 550 5.7.1 Message refused by policy"
                self._bounce(mail, rule, "General", "5.7.1", diagnostic)
            case "bounce":
                self._bounce(mail, rule, "General", "5.1.1", "smtp; 550 5.1.1 user unknown")
                self._suppression.add(mail.to, "BOUNCE")
            case "delay":
                self._scheduler.call_later(rule.delay, lambda: self._accept(mail, rule))
            case "defer" if not rule.seconds or self._clock.time() < first + rule.seconds:
                self._defer(mail, rule, ends, first)
            case _:
                self._accept(mail, rule)

    def _defer(self, mail: Mail, rule: ProviderRule, ends: float, first: float) -> None:
        now = self._clock()
        if now.timestamp() >= ends:
            diagnostic = "smtp; 450 4.4.7 Message expired"
            self._publish_event(
                mail, rule, events.bounce(mail, now, "Transient", "General", "4.4.7", diagnostic)
            )
            return
        expires = now + timedelta(seconds=ends - now.timestamp())
        diagnostic = "smtp; 450 4.7.0 Please try again later"
        self._publish_event(mail, rule, events.delivery_delay(mail, now, expires, diagnostic))
        again = min(RETRY_AFTER, ends - now.timestamp())
        self._scheduler.call_later(again, lambda: self._attempt(mail, ends, first))

    def _accept(self, mail: Mail, rule: ProviderRule) -> None:
        now = self._clock()
        self._log.filed(mail, "junk" if rule.behaviour == "junk" else "inbox")
        if rule.behaviour != "junk":
            self._mailbox.add(
                Message(mail.readable_source, mail.to, mail.subject, mail.text, now, mail.route)
            )
        response = f"250 2.0.0 OK {int(now.timestamp())} {secrets.token_hex(6)}"
        self._publish_event(mail, rule, events.delivery(mail, now, response))

    def _bounce(
        self, mail: Mail, rule: ProviderRule, sub: str, status: str, diagnostic: str
    ) -> None:
        now = self._clock()
        self._publish_event(
            mail, rule, events.bounce(mail, now, "Permanent", sub, status, diagnostic)
        )

    def _suppressed(self, mail: Mail, rule: ProviderRule) -> None:
        diagnostic = (
            "Amazon SES did not send the message because the recipient is on the suppression list"
        )
        self._bounce(mail, rule, "OnAccountSuppressionList", "5.1.1", diagnostic)

    def _simulate(self, mail: Mail, rule: ProviderRule, who: str) -> None:
        """SES's mailbox simulator. It never adds anyone to the suppression list."""
        match who:
            case "bounce":
                diagnostic = "smtp; 550 5.1.1 user unknown"
                self._bounce(mail, rule, "General", "5.1.1", diagnostic)
            case "suppressionlist":
                diagnostic = "Amazon SES has suppressed sending to this address"
                self._bounce(mail, rule, "Suppressed", "5.1.1", diagnostic)
            case "complaint":
                self._accept(mail, rule)
                self._publish_event(mail, rule, events.complaint(mail, self._clock()))
            case "ooto":
                self._accept(mail, rule)
                reply = events.bounce(mail, self._clock(), "Transient", "General")
                self._publish_event(mail, rule, reply)
            case _:
                self._accept(mail, rule)

    def _publish_event(self, mail: Mail, rule: ProviderRule, event: dict[str, Any]) -> None:
        late = DISORDER_DELAY if rule.disorder and event["eventType"] == "Send" else 0.0
        for _ in range(2 if rule.duplicates else 1):
            if late:
                self._scheduler.call_later(late, lambda: self._publish_now(mail, event))
            else:
                self._publish_now(mail, event)

    def _publish_now(self, mail: Mail, event: dict[str, Any]) -> None:
        self._log.published(mail, event)
        self._publish(mail, event)
