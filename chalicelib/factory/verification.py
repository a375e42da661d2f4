"""The wiring of ``verification``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.factory.verification_worker import VerificationWorker

if TYPE_CHECKING:
    from chalicelib.verification.lookup import Lookup
    from chalicelib.verification.send_again import RequestSendAgain
    from chalicelib.verification.send_code import SendCode
    from chalicelib.verification.send_kept_code import SendKeptCode
    from chalicelib.verification.sweep import Sweeper
    from chalicelib.verification.verify import VerifyCode


class VerificationServices(VerificationWorker):
    """An address is proven by a code that was mailed to it."""

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
            network_limit=self._services.limits.network,
            lookup=self.lookup,
            clock=self._clock,
        )

    @cached_property
    def send_code(self) -> SendCode:
        """A code that Cognito issued becomes a mail."""
        from chalicelib.verification.send_code import SendCode

        adapters = self._services.adapters
        return SendCode(
            registrations=adapters.registrations,
            owners=adapters.owners,
            codes=adapters.kept_codes,
            code_decryption=adapters.code_decryption,
            sender=self._services.courier.sender,
            jobs=adapters.jobs,
            counters=adapters.counters,
            clock=self._clock,
            code_life=self._services.config.code_life,
        )

    @cached_property
    def send_kept_code(self) -> SendKeptCode:
        """The same code as one more mail."""
        from chalicelib.verification.send_kept_code import SendKeptCode

        adapters = self._services.adapters
        return SendKeptCode(
            registrations=adapters.registrations,
            owners=adapters.owners,
            codes=adapters.kept_codes,
            code_decryption=adapters.code_decryption,
            sender=self._services.courier.sender,
            jobs=adapters.jobs,
            clock=self._clock,
        )

    @cached_property
    def verify(self) -> VerifyCode:
        """A code becomes a proof."""
        from chalicelib.verification.verify import VerifyCode

        adapters = self._services.adapters
        return VerifyCode(
            registrations=adapters.registrations,
            turn=self._turn,
            owners=adapters.owners,
            counters=adapters.counters,
            users=adapters.users,
            jobs=adapters.jobs,
            lookup=self.lookup,
            clock=self._clock,
            pepper=self._services.config.pepper,
        )

    @cached_property
    def sweep(self) -> Sweeper:
        """The minute's round."""
        from chalicelib.verification.sweep import Sweeper

        adapters = self._services.adapters
        return Sweeper(index=adapters.due_index, jobs=adapters.jobs, clock=self._clock)
