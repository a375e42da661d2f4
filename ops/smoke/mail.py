"""The smoke test's mail check: register, wait for the delivery of the code, forget it again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.http_client import HttpClient, HttpResponse
from ops.probe import Polling, ProbeDeferred, ProbeFailed, expect

REGISTRATIONS = "/api/v1/registrations"
CURRENT = f"{REGISTRATIONS}/current"
SIMULATOR = "simulator.amazonses.com"
"""Accepts and answers as a provider does. It counts for no bounce and goes to no mailbox."""
MAILBOXES = ("success", "ooto")
"""Whom of the simulator to write to, one after another: those where mail is delivered. The second
answers that somebody is out of office, which the service takes for no bounce."""
DELIVERY_POLLING = Polling(120.0)
LONGEST_DELAY = timedelta(seconds=90)
"""A mail that is due later is not waited for. An address gets one a minute."""
_FINAL_STATES = {"delivered", "bounced", "rejected"}
"""States of a mail that do not change any more."""


def mail_delivery(
    client: HttpClient,
    polling: Polling = DELIVERY_POLLING,
    mailboxes: Sequence[str] = MAILBOXES,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> str:
    """Send one mail and say that it was delivered; raises ``ProbeFailed`` unless it was.

    The address is a new one each time, but its limits do not see what is behind the plus: after
    five mails in an hour, or ten in a day, the service itself keeps the next one back. Raises
    ``ProbeDeferred`` when it does so for all ``mailboxes``; they must be ones that accept mail.
    """
    turns = []
    for mailbox in mailboxes:
        asked = _register(client, mailbox)
        try:
            due = datetime.fromisoformat(asked.json["expected_at"])
            its_turn = due <= clock() + LONGEST_DELAY
            if its_turn:
                _await_delivery(client, polling)
        finally:
            forgotten = client.request("DELETE", CURRENT)
        expect(forgotten.status == 204, f"the registration is not forgotten: {forgotten}")
        if its_turn:
            return "a code was sent, delivered, and its registration forgotten"
        turns.append(due)
    raise ProbeDeferred(
        "not tried again: the simulator's addresses have had their mails for now; due at"
        f" {min(turns):%Y-%m-%dT%H:%M:%SZ}"
    )


def _register(client: HttpClient, mailbox: str) -> HttpResponse:
    email = f"{mailbox}+{secrets.token_hex(5)}@{SIMULATOR}"
    asked = client.request("POST", REGISTRATIONS, {"email": email, "locale": "en"})
    if asked.status != 202:
        hint = " (this network has registered often; later again)" if asked.status == 429 else ""
        raise ProbeFailed(f"the registration is answered {asked}{hint}")
    return asked


def _await_delivery(client: HttpClient, polling: Polling) -> None:
    """Wait for the final state of the mail; raises ``ProbeFailed`` unless it is ``delivered``."""

    def final_state() -> Any:
        current = client.request("GET", CURRENT)
        settled = current.status == 200 and current.json["delivery"]["state"] in _FINAL_STATES
        return current.json if settled else None

    seen = polling.until(final_state)
    waited = "" if seen else f" after {polling.timeout:.0f} seconds"
    seen = seen or client.request("GET", CURRENT).json
    state, due = seen["delivery"]["state"], seen["expected_at"]
    expect(state == "delivered", f"the code's mail is {state}{waited}, due at {due}")
