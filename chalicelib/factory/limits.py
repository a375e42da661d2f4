"""The wiring of ``limits``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.limits.budget import MailBudget
    from chalicelib.limits.challenge import Challenges
    from chalicelib.limits.network import NetworkLimit


class LimitServices:
    """What one client network may ask for."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @cached_property
    def challenge(self) -> Challenges:
        """The proof of work."""
        from chalicelib.limits.challenge import Challenges

        return Challenges(
            pepper=self._services.config.pepper,
            counters=self._services.adapters.counters,
            clock=self._services.clock,
        )

    @cached_property
    def network(self) -> NetworkLimit:
        """Admit a visitor, at once or later, or have it prove work."""
        from chalicelib.limits.network import NetworkLimit

        return NetworkLimit(
            counters=self._services.adapters.counters,
            challenges=self.challenge,
            pepper=self._services.config.pepper,
            mail_budget=self._services.config.mail_budget_per_day,
        )

    @cached_property
    def budget(self) -> MailBudget:
        """Places in the budget of the days' mails."""
        from chalicelib.limits.budget import MailBudget

        return MailBudget(
            counters=self._services.adapters.counters,
            a_day=self._services.config.mail_budget_per_day,
        )
