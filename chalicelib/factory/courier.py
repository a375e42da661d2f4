"""The wiring of ``courier``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.courier.provider import ProviderLookup
    from chalicelib.courier.send_again import SendAgain
    from chalicelib.courier.send_code import SendCode
    from chalicelib.courier.sender import MailSender
    from chalicelib.factory import Services


class CourierServices:
    """One mail of some purpose."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    @cached_property
    def send_code(self) -> SendCode:
        """A code that Cognito issued becomes a mail."""
        from chalicelib.courier.send_code import SendCode

        return SendCode(
            recipients=self._services.verification.recipients,
            codes=self._services.adapters.kept_codes,
            sender=self._sender,
            code_life=self._services.config.code_life,
            clock=self._clock,
        )

    @cached_property
    def send_again(self) -> SendAgain:
        """The same code once more."""
        from chalicelib.courier.send_again import SendAgain

        return SendAgain(
            recipients=self._services.verification.recipients,
            codes=self._services.adapters.kept_codes,
            sender=self._sender,
            clock=self._clock,
        )

    @cached_property
    def providers(self) -> ProviderLookup:
        """Which provider stands behind an address."""
        from chalicelib.courier.mx import MxLookup
        from chalicelib.courier.provider import ProviderLookup

        return ProviderLookup(
            self._services.adapters.provider_cache,
            self._services.mx or MxLookup(),
            self._clock,
        )

    @cached_property
    def _sender(self) -> MailSender:
        from chalicelib.courier.sender import MailSender, MailSettings

        config = self._services.config
        return MailSender(
            trail=self._services.trail.recorder,
            code_decryption=self._services.adapters.code_decryption,
            mailer=self._services.adapters.mailer,
            routes=config.routes,
            settings=MailSettings(config.service_name, config.help_contact),
            clock=self._clock,
        )
