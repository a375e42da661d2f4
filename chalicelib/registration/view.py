"""What an applicant may see of a registration: the JSON of the API and the pages alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.trail.view import Delivery

ShownState = Literal["queued", "awaiting_code", "verified", "completed", "expired"]


@dataclass(frozen=True)
class View:
    """The registration, every key always there. Times are UTC; ``email`` is masked."""

    reference: str
    label: str
    state: ShownState
    email: str
    provider: str | None
    expected_at: datetime | None
    code_expires_at: datetime | None
    resend_available_at: datetime | None
    attempts_left: int | None
    delivery: Delivery
