"""The wiring of ``trail``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.trail.recorder import Trail


class TrailServices:
    """What became of each mail."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @cached_property
    def recorder(self) -> Trail:
        """Writes the trail, and tells its listeners."""
        from chalicelib.trail.network_bounces import NetworkBounces
        from chalicelib.trail.recorder import Trail

        adapters = self._services.adapters
        bounces = NetworkBounces(adapters.counters, self._services.clock)
        return Trail(adapters.mail_records, [bounces])
