"""Mails of the mail log as the console shows them, and the search in them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from chalicelib.identity.display import shown as shown_address
from chalicelib.identity.reference import LENGTH, grouped
from chalicelib.trail.delivery_states import StateChange, StateChanges, join, shown
from chalicelib.trail.events import UnreadableEvent, parse_event
from local.mailbox import code_in
from local.ses.mail_log import LoggedMail

_LABEL = re.compile(r"[\[【](\w{2})[\]】]")
_HYPHENS = str.maketrans("", "", "-‐‑‒–—―ー")
_LABEL_LENGTH = 2
_SHORTEST_PART = 3
"""Characters of a reference that find it: fewer are in too many of them, and may be a label."""


@dataclass(frozen=True)
class Event:
    """One SES event: its name, when it happened, what it says, and the record itself."""

    name: str
    at: datetime
    words: str
    record: str


class MailView:
    """A mail, its code, and its state as the service's trail reads SES's events."""

    def __init__(self, logged: LoggedMail) -> None:
        self.number = logged.number
        self.folder = logged.folder
        self._to, self._provider = logged.mail.to, logged.mail.tags.get("provider", "")
        self.to, self.provider = shown_address(self._to), shown_address(self._provider)
        sender = logged.mail.sender
        self.sender = logged.mail.readable_source.replace(sender, shown_address(sender))
        self.subject, self.text = logged.mail.subject, logged.mail.text
        self.at = logged.mail.at
        self.route = logged.mail.route
        self.reference = logged.mail.tags.get("reference", "")
        self.code = code_in(logged.mail.text)
        self._events = logged.events

    @property
    def label(self) -> str:
        """The label before the subject, or empty."""
        found = _LABEL.match(self.subject)
        return found[1] if found else ""

    @property
    def shown_reference(self) -> str:
        """The reference as people read it."""
        return grouped(self.reference) if len(self.reference) == LENGTH else self.reference

    @cached_property
    def states(self) -> StateChanges:
        """The states that the events say; ``sent`` from the start, for SES accepted it."""
        states: StateChanges = {"sent": StateChange(self.at)}
        for event in self._events:
            try:
                parsed = parse_event(json.dumps(event))
            except UnreadableEvent:
                continue
            if parsed is not None:
                states = join(states, {parsed.state: parsed.change})
        return states

    @property
    def state(self) -> str:
        """The state it is in."""
        return shown(self.states)

    @property
    def reason(self) -> str | None:
        """Why it is in that state."""
        return self.states[shown(self.states)].reason

    @property
    def events(self) -> list[Event]:
        """SES's events in the order in which they were published."""
        return [_event(record) for record in self._events]

    def matches(self, query: str) -> bool:
        """Whether ``query`` is a part of the reference, or each of its words is in the address,
        the subject with its label, the reference, the state, the provider or the route. Domains
        are found in letters and as ``xn--…``."""
        words = _plain(query).split()
        return self._names("".join(words)) or all(self._has(word) for word in words)

    def is_labelled(self, query: str) -> bool:
        """Whether each of its words of two characters is the label, and it ``matches``."""
        label = _plain(self.label)
        words = [word for word in _plain(query).split() if len(word) == _LABEL_LENGTH]
        return bool(words) and all(word == label for word in words) and self.matches(query)

    def _has(self, word: str) -> bool:
        return word in self._text or self._names(word)

    @cached_property
    def _text(self) -> str:
        addresses = (self.to, self._to, self.provider, self._provider)
        return "\n".join(_plain(it) for it in (*addresses, self.subject, self.state, self.route))

    def _names(self, part: str) -> bool:
        part = part.translate(_HYPHENS)
        return len(part) >= _SHORTEST_PART and part in _plain(self.reference)


def search(mails: Sequence[LoggedMail], query: str, most: int) -> tuple[list[MailView], int]:
    """The first ``most`` mails that match, and how many do: all of them for an empty query, of
    which no other is looked into. Two characters that are a label are nothing else: they are in
    much other text too, as in each mail's route."""
    if not query.strip():
        return [MailView(mail) for mail in mails[:most]], len(mails)
    views = [MailView(mail) for mail in mails]
    found = [view for view in views if view.is_labelled(query)]
    found = found or [view for view in views if view.matches(query)]
    return found[:most], len(found)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _event(record: dict[str, Any]) -> Event:
    kind = record["eventType"]
    detail: Mapping[str, Any] = record[kind[0].lower() + kind[1:]]
    at = datetime.fromisoformat(detail.get("timestamp", record["mail"]["timestamp"]))
    recipients = [*detail.get("bouncedRecipients", ()), *detail.get("delayedRecipients", ())]
    words = [
        " ".join(detail[key] for key in ("bounceType", "bounceSubType") if key in detail),
        detail.get("smtpResponse", ""),
        detail.get("reason", ""),
        *(recipient.get("diagnosticCode", "") for recipient in recipients),
    ]
    told = ": ".join(word for word in words if word)
    return Event(kind, at, told, json.dumps(record, ensure_ascii=False, indent=2))
