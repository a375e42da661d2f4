"""The wiring of ``courier``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.courier.provider import ProviderLookup
    from chalicelib.courier.sender import MailSender
    from chalicelib.factory import Services


class CourierServices:
    """One mail of some purpose."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    @cached_property
    def provider(self) -> ProviderLookup:
        """Which provider stands behind an address."""
        from chalicelib.courier.mx import MxLookup
        from chalicelib.courier.provider import ProviderLookup

        return ProviderLookup(
            self._services.adapters.provider_cache,
            self._services.mx or MxLookup(),
            self._clock,
        )

    @cached_property
    def sender(self) -> MailSender:
        """From a mail's record to SES."""
        from chalicelib.courier.sender import MailSender, MailSettings

        config = self._services.config
        return MailSender(
            trail=self._services.trail.recorder,
            mailer=self._services.adapters.mailer,
            routes=config.routes,
            settings=MailSettings(config.service_name, config.help_contact),
            clock=self._clock,
        )
