"""What only the DNS of where the service runs can show: that it denies what does not exist.

``.example`` is in no DNS (RFC 2606). No mail is asked for.
"""

from __future__ import annotations

import secrets

from tests.flow.client import Client


def test_a_mail_domain_that_does_not_exist_is_told(visitor: Client) -> None:
    asked = visitor.register(f"{secrets.token_hex(4)}@nowhere.example.com")
    assert asked.status == 202
    seen = visitor.until(lambda it: it["delivery"]["state"] == "rejected")
    assert seen["delivery"]["reason"] == "no-such-domain"
