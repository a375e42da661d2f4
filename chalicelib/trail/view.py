"""What an applicant may see of a mail's way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryState = Literal[
    "waiting", "sent", "delayed", "delivered", "bounced", "rejected", "suppressed", "complained"
]


@dataclass(frozen=True)
class Step:
    """A state that a mail reached, and when (UTC)."""

    state: DeliveryState
    at: datetime


@dataclass(frozen=True)
class Delivery:
    """Where the newest mail is. ``reason`` is a category, never the receiving server's words."""

    state: DeliveryState
    history: tuple[Step, ...]
    reason: str | None
    advice: tuple[str, ...]
