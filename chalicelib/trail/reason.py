"""Reasons for which a mail does not arrive, as categories that a person can act upon."""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "no-such-mailbox",
    "no-such-domain",
    "mailbox-full",
    "policy",
    "server-down",
    "deferred",
    "too-large",
    "spam",
    "suppressed",
    "other",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
