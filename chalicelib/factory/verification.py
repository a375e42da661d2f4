"""The wiring of ``verification``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.verification.address_proof import RecordProof
    from chalicelib.verification.job_handler import JobHandler
    from chalicelib.verification.lookup import Lookup
    from chalicelib.verification.mail_turn import MailTurn
    from chalicelib.verification.recipients import RegistrationRecipients
    from chalicelib.verification.reissue import Reissue
    from chalicelib.verification.send_again import RequestSendAgain
    from chalicelib.verification.sweep import Sweeper
    from chalicelib.verification.verify import VerifyCode


class VerificationServices:
    """An address is proven by a code that was mailed to it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    @cached_property
    def lookup(self) -> Lookup:
        """From a cookie to its registration."""
        from chalicelib.verification.lookup import Lookup

        return Lookup(registrations=self._services.adapters.registrations)

    @cached_property
    def send_again(self) -> RequestSendAgain:
        """The same code again."""
        from chalicelib.verification.send_again import RequestSendAgain

        adapters = self._services.adapters
        return RequestSendAgain(
            registrations=adapters.registrations,
            mailboxes=adapters.mailboxes,
            jobs=adapters.jobs,
            lookup=self.lookup,
            clock=self._clock,
        )

    @cached_property
    def verify(self) -> VerifyCode:
        """A code becomes a proof."""
        from chalicelib.verification.verify import VerifyCode

        adapters = self._services.adapters
        return VerifyCode(
            registrations=adapters.registrations,
            owners=adapters.owners,
            record_proof=self._record_proof,
            counters=adapters.counters,
            users=adapters.users,
            jobs=adapters.jobs,
            lookup=self.lookup,
            clock=self._clock,
        )

    @cached_property
    def handle_job(self) -> JobHandler:
        """One job from the queue."""
        from chalicelib.verification.job_handler import JobHandler
        from chalicelib.verification.remove_user import RemoveUser
        from chalicelib.verification.send_again import SendAgainJob
        from chalicelib.verification.sign_up import SignUp

        adapters, clock = self._services.adapters, self._clock
        sign_up = SignUp(
            registrations=adapters.registrations,
            turn=self._turn,
            users=adapters.users,
            clock=clock,
            provider_of=self._services.courier.providers.provider_of,
        )
        send_again = SendAgainJob(
            registrations=adapters.registrations,
            turn=self._turn,
            reissue=self._reissue,
            jobs=adapters.jobs,
            clock=clock,
        )
        remove_user = RemoveUser(
            registrations=adapters.registrations,
            owners=adapters.owners,
            users=adapters.users,
            clock=clock,
        )
        return JobHandler(
            sign_up=sign_up,
            send_again=send_again,
            reissue=self._reissue,
            remove_user=remove_user,
            jobs=adapters.jobs,
            clock=clock,
        )

    @cached_property
    def sweep(self) -> Sweeper:
        """The minute's round."""
        from chalicelib.verification.sweep import Sweeper

        adapters = self._services.adapters
        return Sweeper(registrations=adapters.registrations, jobs=adapters.jobs, clock=self._clock)

    @cached_property
    def recipients(self) -> RegistrationRecipients:
        """Whom codes are for."""
        from chalicelib.verification.recipients import RegistrationRecipients

        adapters = self._services.adapters
        return RegistrationRecipients(registrations=adapters.registrations, owners=adapters.owners)

    @cached_property
    def _turn(self) -> MailTurn:
        from chalicelib.verification.mail_turn import MailTurn

        return MailTurn(
            registrations=self._services.adapters.registrations,
            counters=self._services.adapters.counters,
            mail_budget=self._services.config.mail_budget_per_day,
        )

    @cached_property
    def _reissue(self) -> Reissue:
        from chalicelib.verification.reissue import Reissue

        adapters = self._services.adapters
        return Reissue(
            registrations=adapters.registrations,
            record_proof=self._record_proof,
            users=adapters.users,
            jobs=adapters.jobs,
            clock=self._clock,
        )

    @cached_property
    def _record_proof(self) -> RecordProof:
        from chalicelib.verification.address_proof import RecordProof

        adapters = self._services.adapters
        return RecordProof(
            registrations=adapters.registrations, owners=adapters.owners, clock=self._clock
        )
