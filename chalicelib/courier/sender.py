"""Mail sender: from a mail's record to SES, by the route that is chosen for it once."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.clock import Clock
from chalicelib.config import Route
from chalicelib.courier.text import MailFacts, Purpose, mail_text
from chalicelib.errors import TodokuError
from chalicelib.locales import furigana, words
from chalicelib.trail.delivery_states import StateChange
from chalicelib.trail.mail_record import UNKNOWN, MailRecord, mail_tag
from chalicelib.trail.recorder import Trail

log = logging.getLogger(__name__)

_NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Recipient:
    """Whom a mail is for, and what it is for."""

    reference: str
    email: str
    label: str
    locale: str
    network: str
    """HMAC of the client network that asked."""
    domain: str
    """Key of the mail domain."""
    provider: str | None
    purpose: Purpose


@dataclass(frozen=True)
class OutgoingMail:
    """A mail as it is handed to SES. ``tags`` come back with every event."""

    to: str
    from_name: str
    subject: str
    text: str
    tags: Mapping[str, str]


class MailRejected(TodokuError):
    """This mail will never be taken; ``reason`` is one of ``trail.bounce_reasons``."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the mail was rejected: {reason}")
        self.reason = reason


class Mailer(Protocol):
    """The sending service. Implemented by ``aws.ses.SesMailer``."""

    def send(self, route: Route, mail: OutgoingMail) -> str:
        """Hand a mail over and return the service's id for it.

        Raises ``MailRejected``; ``TryLater`` when it may work later, or may even have worked.
        """


@dataclass(frozen=True)
class MailSettings:
    """How the service speaks of itself in mails."""

    service_name: Mapping[str, str]
    """By locale."""
    help_contact: str

    def name(self, locale: str) -> str:
        """What the service calls itself in ``locale``, or in the first language it has."""
        return self.service_name.get(locale) or next(iter(self.service_name.values()))


class MailSender:
    """Sends a mail once. A crash before the trail knows of it leads to the same mail again."""

    def __init__(
        self,
        *,
        trail: Trail,
        mailer: Mailer,
        routes: Sequence[Route],
        settings: MailSettings,
        clock: Clock,
    ) -> None:
        self._trail = trail
        self._mailer = mailer
        self._routes = routes
        self._settings = settings
        self._clock = clock

    def begin(self, recipient: Recipient, mail: str) -> MailRecord:
        """The record of ``mail``, new or as it was left by an earlier try. Raises ``TryLater``.

        Its purpose and its route are chosen here, once: the same write keeps them.
        """
        now = self._clock()
        provider = recipient.provider or UNKNOWN
        return self._trail.begin(
            MailRecord(
                reference=recipient.reference,
                mail=mail,
                purpose=recipient.purpose,
                provider=provider,
                route=choose_route(self._routes, provider).name,
                network=recipient.network,
                domain=recipient.domain,
                started_at=now,
                states={"waiting": StateChange(now)},
            )
        )

    def forget(self, record: MailRecord) -> None:
        """Take back a mail that must not be sent."""
        self._trail.forget(record)

    def send(
        self, recipient: Recipient, record: MailRecord, code: Callable[[], str], until: datetime
    ) -> None:
        """Mail a code, which works ``until`` then, unless this mail was handed over already.

        ``code`` is asked only for a mail that leaves now, and what it raises comes through. Raises
        ``TryLater`` for what may work later. A mail that SES will never take is marked ``rejected``
        and not tried again.
        """
        if record.handed_over:
            return
        record, route = self._routed(record)
        if record.handed_over:
            return
        # An owner's mail asks for the code too: both take the same time and calls.
        mail = self._mail(recipient, record, route, code(), until)
        try:
            message_id = self._mailer.send(route, mail)
        except MailRejected as error:
            log.error("mail %s was rejected: %s", record.mail, error.reason)
            self._trail.reached(record, "rejected", StateChange(self._clock(), error.reason))
        else:
            self._trail.reached(record, "sent", StateChange(self._clock()), message_id)

    def _routed(self, record: MailRecord) -> tuple[MailRecord, Route]:
        """The route that was chosen for a mail; another one, if the settings have it no more."""
        for route in self._routes:
            if route.name == record.route:
                return record, route
        route = choose_route(self._routes, record.provider)
        return self._trail.reroute(record, route.name), route

    def _mail(
        self, recipient: Recipient, record: MailRecord, route: Route, code: str, until: datetime
    ) -> OutgoingMail:
        catalogue = words(recipient.locale)
        facts = MailFacts(
            service=self._settings.name(recipient.locale),
            label=recipient.label,
            sent=self._clock(),
            contact=self._settings.help_contact,
        )
        text = mail_text(Purpose(record.purpose), catalogue, facts, code, until)
        tags = {
            "reference": record.reference,
            "mail": mail_tag(record.mail),
            "purpose": record.purpose,
            "provider": record.provider,
            "route": route.name,
        }
        return OutgoingMail(
            to=recipient.email,
            from_name=furigana.without(facts.service),
            subject=text.subject,
            text=text.body,
            tags={name: _NOT_IN_TAGS.sub("-", value)[:256] for name, value in tags.items()},
        )


def choose_route(routes: Sequence[Route], provider: str) -> Route:
    """The route for mails to ``provider``: the first that is configured."""
    return routes[0]
