"""The wiring of ``registration``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.registration.cancel import CancelRegistration
    from chalicelib.registration.complete import CompleteRegistration
    from chalicelib.registration.correct import CorrectAddress
    from chalicelib.registration.mark_finished import MarkFinished
    from chalicelib.registration.start import StartRegistration
    from chalicelib.registration.view import ViewRegistration


class RegistrationServices:
    """From an address to an account."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    @cached_property
    def start(self) -> StartRegistration:
        """Begin a registration."""
        from chalicelib.registration.start import StartRegistration

        adapters = self._services.adapters
        return StartRegistration(
            registrations=adapters.registrations,
            mailboxes=adapters.mailboxes,
            owners=adapters.owners,
            jobs=adapters.jobs,
            network_limit=self._services.limits.network,
            lookup=self._services.verification.lookup,
            correct=self.correct,
            clock=self._clock,
            pepper=self._services.config.pepper,
        )

    @cached_property
    def correct(self) -> CorrectAddress:
        """Another address in the same registration."""
        from chalicelib.registration.correct import CorrectAddress

        adapters = self._services.adapters
        return CorrectAddress(
            registrations=adapters.registrations,
            mailboxes=adapters.mailboxes,
            jobs=adapters.jobs,
            network_limit=self._services.limits.network,
            lookup=self._services.verification.lookup,
            clock=self._clock,
            pepper=self._services.config.pepper,
        )

    @cached_property
    def complete(self) -> CompleteRegistration:
        """A password makes the account."""
        from chalicelib.registration.complete import CompleteRegistration

        adapters, config = self._services.adapters, self._services.config
        return CompleteRegistration(
            registrations=adapters.registrations,
            owners=adapters.owners,
            users=adapters.users,
            jobs=adapters.jobs,
            begin_anew=self._services.verification.begin_anew,
            lookup=self._services.verification.lookup,
            clock=self._clock,
            service_names=tuple(config.service_name.values()),
            shortest_password=config.shortest_password,
        )

    @cached_property
    def mark_finished(self) -> MarkFinished:
        """A job: the user pool is to know of an account."""
        from chalicelib.registration.mark_finished import MarkFinished

        adapters = self._services.adapters
        return MarkFinished(registrations=adapters.registrations, users=adapters.users)

    @cached_property
    def cancel(self) -> CancelRegistration:
        """Forget the registration."""
        from chalicelib.registration.cancel import CancelRegistration

        adapters = self._services.adapters
        return CancelRegistration(
            registrations=adapters.registrations,
            mailboxes=adapters.mailboxes,
            jobs=adapters.jobs,
            lookup=self._services.verification.lookup,
            clock=self._clock,
        )

    @cached_property
    def view(self) -> ViewRegistration:
        """What an applicant sees."""
        from chalicelib.registration.view import ViewRegistration

        return ViewRegistration(records=self._services.adapters.mail_records, clock=self._clock)
