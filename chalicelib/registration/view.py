"""What an applicant may see of a registration: the JSON of the API and the pages alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryState = Literal[
    "waiting", "sent", "delayed", "delivered", "bounced", "rejected", "suppressed", "complained"
]


@dataclass(frozen=True)
class Step:
    """A state that the mail reached, and when (UTC)."""

    state: DeliveryState
    at: datetime


@dataclass(frozen=True)
class Delivery:
    """Where the newest mail is. ``reason`` is a category, never the receiving server's words."""

    state: DeliveryState
    history: tuple[Step, ...]
    reason: str | None
    advice: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """The registration, every key always there. Times are UTC; ``email`` is masked."""

    reference: str
    label: str
    state: Literal["queued", "awaiting_code", "verified", "completed", "expired"]
    email: str
    provider: str | None
    expected_at: datetime | None
    code_expires_at: datetime | None
    resend_available_at: datetime | None
    attempts_left: int | None
    delivery: Delivery
