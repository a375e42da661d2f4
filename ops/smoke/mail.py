"""The smoke test's one mail: a registration, until its code was delivered, and gone again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.http_client import Answer, Visitor
from ops.probe import Later, Patience, Wrong, expect

REGISTRATIONS = "/api/v1/registrations"
CURRENT = f"{REGISTRATIONS}/current"
SIMULATOR = "simulator.amazonses.com"
"""Accepts and answers as a provider does. It counts for no bounce and goes to no mailbox."""
MAILBOXES = ("success", "ooto")
"""Whom of the simulator to write to, one after another: those where mail is delivered. The second
answers that somebody is out of office, which the service takes for no bounce."""
DELIVERING = Patience(120.0)
SOON = timedelta(seconds=90)
"""A mail that is due later is not waited for. An address gets one a minute."""
_OVER = {"delivered", "bounced", "rejected", "suppressed", "complained"}
"""What a mail ends as."""


def mailed(
    visitor: Visitor,
    patience: Patience = DELIVERING,
    mailboxes: Sequence[str] = MAILBOXES,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> str:
    """What became of the mail; raises ``Wrong`` unless it was delivered.

    The address is a new one each time, but its limits do not see what is behind the plus: after
    five mails in an hour, or ten in a day, the service itself keeps the next one back. Raises
    ``Later`` when it does so for all ``mailboxes``; they must take mail for it to be delivered.
    """
    turns = []
    for mailbox in mailboxes:
        asked = _register(visitor, mailbox)
        try:
            due = datetime.fromisoformat(asked.json["expected_at"])
            its_turn = due <= clock() + SOON
            if its_turn:
                _delivered(visitor, patience)
        finally:
            forgotten = visitor.ask("DELETE", CURRENT)
        expect(forgotten.status == 204, f"the registration is not forgotten: {forgotten}")
        if its_turn:
            return "a code was sent, delivered, and its registration forgotten"
        turns.append(due)
    raise Later(
        "not tried again: the simulator's addresses have had their mails for now; due at"
        f" {min(turns):%Y-%m-%dT%H:%M:%SZ}"
    )


def _register(visitor: Visitor, mailbox: str) -> Answer:
    email = f"{mailbox}+{secrets.token_hex(5)}@{SIMULATOR}"
    asked = visitor.ask("POST", REGISTRATIONS, {"email": email, "locale": "en"})
    if asked.status != 202:
        hint = " (this network has registered often; later again)" if asked.status == 429 else ""
        raise Wrong(f"the registration is answered {asked}{hint}")
    return asked


def _delivered(visitor: Visitor, patience: Patience) -> None:
    """Wait for the end of the mail; raises ``Wrong`` when it is another one."""

    def over() -> Any:
        current = visitor.ask("GET", CURRENT)
        settled = current.status == 200 and current.json["delivery"]["state"] in _OVER
        return current.json if settled else None

    seen = patience.until(over)
    waited = "" if seen else f" after {patience.seconds:.0f} seconds"
    seen = seen or visitor.ask("GET", CURRENT).json
    state, due = seen["delivery"]["state"], seen["expected_at"]
    expect(state == "delivered", f"the code's mail is {state}{waited}, due at {due}")
