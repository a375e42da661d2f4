"""Interfaces of verification: the table of registrations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.limits.interfaces import SeenMailbox
from chalicelib.verification.model import Registration


@dataclass(frozen=True)
class Seen:
    """A registration as it was read; ``version`` is what a later write must still find."""

    registration: Registration
    version: int


class Registrations(Protocol):
    """The registrations, each found by its id or by the reference of one of its attempts.

    Implemented by ``aws.registrations.RegistrationTable``.
    """

    def get(self, id: str) -> Seen | None:
        """By id."""

    def find(self, reference: str) -> Seen | None:
        """By the reference of any of its attempts."""

    def save(self, registration: Registration, seen: Seen | None, *mailboxes: SeenMailbox) -> None:
        """All of it or nothing. Raises ``Raced`` when anything was written in between."""

    def change(
        self, reference: str, decide: Callable[[Registration], Registration]
    ) -> Registration | None:
        """Compare-and-swap by reference; ``None`` when there is no such registration."""

    def forget(self, registration: Registration) -> None:
        """Take the registration and its references away."""

    def due(self, now: datetime) -> list[str]:
        """Ids of registrations the sweeper should look at."""
