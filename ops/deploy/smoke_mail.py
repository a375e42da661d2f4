"""The smoke test's one mail: a registration, until its code was delivered, and gone again."""

from __future__ import annotations

import secrets
from typing import Any

from ops.deploy.trial import Patience, Wrong, expect
from ops.deploy.visitor import Visitor

REGISTRATIONS = "/api/v1/registrations"
CURRENT = f"{REGISTRATIONS}/current"
SIMULATOR = "simulator.amazonses.com"
"""Accepts and answers as a provider does. It counts for no bounce and goes to no mailbox."""
DELIVERING = Patience(120.0)
_OVER = {"delivered", "bounced", "rejected", "suppressed", "complained"}
"""What a mail ends as."""


def mailed(visitor: Visitor, patience: Patience = DELIVERING, mailbox: str = "success") -> str:
    """What became of the mail; raises ``Wrong`` unless it was delivered.

    ``mailbox``: whom of SES's simulator to write to. Each time another address, so that no
    limit of one address is met.
    """
    email = f"{mailbox}+{secrets.token_hex(5)}@{SIMULATOR}"
    asked = visitor.ask("POST", REGISTRATIONS, {"email": email, "locale": "en"})
    if asked.status != 202:
        hint = " (this network has registered often; later again)" if asked.status == 429 else ""
        raise Wrong(f"the registration is answered {asked}{hint}")
    try:

        def over() -> Any:
            current = visitor.ask("GET", CURRENT)
            settled = current.status == 200 and current.json["delivery"]["state"] in _OVER
            return current.json if settled else None

        seen = patience.until(over)
        waited = "" if seen else f" after {patience.seconds:.0f} seconds"
        seen = seen or visitor.ask("GET", CURRENT).json
        state, due = seen["delivery"]["state"], seen["expected_at"]
        expect(state == "delivered", f"the code's mail is {state}{waited}, due at {due}")
    finally:
        forgotten = visitor.ask("DELETE", CURRENT)
    expect(forgotten.status == 204, f"the registration is not forgotten: {forgotten}")
    return "a code was sent, delivered, and its registration forgotten"
